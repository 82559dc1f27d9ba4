import type { FreshlyLoggedIn, Guard, LoggedIn, Login } from "@latchkey/login";
import type { User } from "../lib/account/user.ts";

/** The package's guards, each with {@link Guards.requirePasswordChange} in front. */
export interface Guards {
  /** Sends a user whose password others know to the page that replaces it (ASVS 6.2.10). */
  readonly requirePasswordChange: Guard;
  readonly anonymous: Guard;
  readonly required: Guard<LoggedIn<User>>;
  readonly requiredOrSuperseded: Guard<LoggedIn<User>>;
  readonly fresh: Guard<FreshlyLoggedIn<User>>;
  /** For programs: answers 401 and redirects nobody to a login page. */
  readonly api: { readonly required: Guard<LoggedIn<User>> };
}

/**
 * Without mail, the page of a new password uses the guards of `login` itself.
 *
 * @param passwordPage Where a password that others know is replaced.
 */
export function createGuards(login: Login<User>, passwordPage: string): Guards {
  const api = login.area({ loginPage: null, reauthenticatePage: null });

  function withPasswordChange<V extends object>(guard: Guard<V>): Guard<V> {
    return async (c, next) => {
      const user = await login.user(c);
      return user?.passwordCompromised ? c.redirect(passwordPage, 303) : await guard(c, next);
    };
  }

  return {
    requirePasswordChange: withPasswordChange((_c, next) => next()),
    anonymous: withPasswordChange(login.anonymous),
    required: withPasswordChange(login.required),
    requiredOrSuperseded: withPasswordChange(login.requiredOrSuperseded),
    fresh: withPasswordChange(login.fresh),
    api: { required: withPasswordChange(api.required) },
  };
}
