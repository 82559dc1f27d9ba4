import type { FreshlyLoggedIn, Guard, LoggedIn, Login } from "@latchkey/login";
import type { Context } from "hono";
import { can, type Permission } from "../lib/account/role.ts";
import type { User } from "../lib/account/user.ts";
import type { Scope } from "../lib/credential/api_token_record.ts";
import { factorMethods, mustHaveFactor, provesFactor } from "../lib/credential/second_factor.ts";
import type { Config } from "../lib/config.ts";
import type { ApiThrottle } from "../lib/throttle/api_throttle.ts";
import { refuseToken } from "./middleware/api_token.ts";
import { problem } from "./middleware/problem.ts";
import type { ViewAs } from "./view_as.ts";
import { refuse } from "./middleware/errors.tsx";
import type { Hold } from "./middleware/held_request.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** Whether the user has to add a second factor first. */
    mustEnrol?: true;
  }
}

/**
 * The package's guards. In front of each, a user whose password others know is sent to the page
 * that replaces it (ASVS 6.2.10), and one who must have a second factor to the page that adds it.
 * What a form meant to do behind `fresh` is held, and done after the proof.
 */
export interface Guards {
  /** For pages that guests see as well. */
  readonly open: Guard;
  readonly anonymous: Guard;
  readonly required: Guard<LoggedIn<User>>;
  readonly requiredOrSuperseded: Guard<LoggedIn<User>>;
  readonly fresh: Guard<FreshlyLoggedIn<User>>;
  /**
   * For a form that cannot be held, because its answer leads to another site: its page, at the same
   * path, asks for the proof.
   */
  readonly freshAtPage: Guard<FreshlyLoggedIn<User>>;
  /** Whether somebody is logged in, and `fresh` would let them pass. */
  readonly isFresh: (c: Context) => Promise<boolean>;
  /**
   * Behind another guard: a user with a second factor needs a fresh login. A form that was sent
   * twice passes, because the second one has no session.
   */
  readonly freshFactor: Guard;
  /** For what somebody may open who has to add a second factor first. */
  readonly enrolling: Pick<Guards, "required" | "requiredOrSuperseded" | "fresh">;
  /** For the page that replaces a password, on a site without mail. */
  readonly changingPassword: Pick<Guards, "required" | "requiredOrSuperseded" | "fresh">;
  /** For the page that makes a login fresh: the way to all the others leads through it. */
  readonly reauthenticating: Pick<Guards, "required" | "requiredOrSuperseded">;
  /**
   * For people who run the site: their roles have to give this permission (403 otherwise), and their
   * login has to be fresh, by a second factor where the settings do not lift that.
   */
  readonly admin: (permission: Permission) => Guard<FreshlyLoggedIn<User>>;
  /** For the form that ends looking at somebody's account: its user is the administrator. */
  readonly viewing: Guard<LoggedIn<User>>;
  /**
   * For programs, with a session or an API token whose scopes have this one: answers 401, 403 or 429,
   * and redirects nobody to a page.
   */
  readonly scope: (scope: Scope) => Guard<LoggedIn<User>>;
}

/** Where somebody without a second factor adds one. */
export const enrolmentPage = "/account/totp";

interface GuardOptions extends Pick<Config, "requireSecondFactor"> {
  readonly viewAs: Pick<ViewAs, "current">;
  readonly apiThrottle: Pick<ApiThrottle, "consume">;
  /** Where a password that others know is replaced. */
  readonly passwordPage: string;
  readonly hold: Hold;
}

export function createGuards(
  login: Login<User>,
  { passwordPage, requireSecondFactor, hold, viewAs, apiThrottle }: GuardOptions,
): Guards {
  const api = login.area({ loginPage: null, reauthenticatePage: null });

  const factorProved = login.methods(...factorMethods);

  const fresh: Guards["fresh"] = async (c, next) => {
    const lacks = await lacksFactor(c);
    if (lacks || !await login.isFresh(c)) await hold(c);
    return await (lacks ? factorProved : login.fresh)(c, next);
  };

  /** Pages of an account that an administrator looks at: none that needs a fresh login. */
  function notViewing<V extends object>(guard: Guard<V>): Guard<V> {
    return async (c, next) => {
      return await viewAs.current(c as Context)
        ? await refuse(c as Context, "viewing")
        : await guard(c, next);
    };
  }

  /** The user of the page is the one whose account an administrator looks at. */
  const required: Guards["required"] = (c, next) =>
    login.required(c, async () => {
      const viewed = await viewAs.current(c);
      if (viewed) c.set("user", viewed);
      return await next();
    });

  const freshAtPage: Guards["fresh"] = async (c, next) => {
    const isGuest = await login.user(c) === null;
    return isGuest || await isFresh(c) ? await login.fresh(c, next) : c.redirect(c.req.path, 303);
  };

  async function isFresh(c: Context): Promise<boolean> {
    return !await lacksFactor(c) && await login.isFresh(c);
  }

  /** Tells a user who was sent to this page why it asks for a proof. */
  const freshToEnrol: Guards["fresh"] = async (c, next) => {
    const user = await login.user(c);
    if (user && mustEnrol(user)) c.set("mustEnrol", true);
    return await fresh(c, next);
  };

  /** A login from before the factor was enrolled may be fresh by its password alone. */
  async function lacksFactor(c: Context): Promise<boolean> {
    const [user, session] = await Promise.all([login.user(c), login.session(c)]);
    return user !== null && user.factors.length > 0 && !provesFactor(session?.methods ?? []);
  }

  function withPasswordChange<V extends object>(guard: Guard<V>): Guard<V> {
    return async (c, next) => {
      const user = await login.user(c);
      return user?.passwordCompromised ? c.redirect(passwordPage, 303) : await guard(c, next);
    };
  }

  function withEnrolment<V extends object>(guard: Guard<V>): Guard<V> {
    return async (c, next) => {
      const user = await login.user(c);
      return user && mustEnrol(user) ? c.redirect(enrolmentPage, 303) : await guard(c, next);
    };
  }

  /** A password that others know is replaced first. */
  function mustEnrol(user: User): boolean {
    const { factors, passwordCompromised } = user;
    const isRequired = mustHaveFactor(user, requireSecondFactor);
    return isRequired && factors.length === 0 && !passwordCompromised;
  }

  /** For programs: no page replaces a password or adds a factor for them. */
  function scopeGuard(scope: Scope): Guard<LoggedIn<User>> {
    return async (c, next) => {
      const user = await login.user(c);
      const refusal = await refuseToken(c as Context, scope, apiThrottle);
      if (refusal) return refusal;
      if (user?.passwordCompromised) return forbidden(c, "The password has to be changed");
      if (user && mustEnrol(user)) return forbidden(c, "A second factor has to be added");
      return await api.required(c, next);
    };
  }

  function withBoth<V extends object>(guard: Guard<V>): Guard<V> {
    return withPasswordChange(withEnrolment(guard));
  }

  return {
    open: withBoth((_c, next) => next()),
    anonymous: withBoth(login.anonymous),
    required: withBoth(required),
    requiredOrSuperseded: withBoth(login.requiredOrSuperseded),
    fresh: withBoth(notViewing(fresh)),
    freshAtPage: withBoth(notViewing(freshAtPage)),
    isFresh,
    viewing: withBoth(login.required),
    admin: (permission) => {
      const allowed = login.allowed((user) => can(user, permission)) as Guard;
      return withBoth<FreshlyLoggedIn<User>>(async (c, next) => {
        const refusal = await allowed(c as Context, () => Promise.resolve());
        return refusal ?? await fresh(c, next);
      });
    },
    freshFactor: async (c, next) => {
      const hasFactor = (await login.user(c))?.factors.length;
      return hasFactor ? await (fresh as Guard)(c, next) : await next();
    },
    enrolling: {
      required: withPasswordChange(login.required),
      requiredOrSuperseded: withPasswordChange(login.requiredOrSuperseded),
      fresh: withPasswordChange(notViewing(freshToEnrol)),
    },
    changingPassword: {
      required: withEnrolment(login.required),
      requiredOrSuperseded: withEnrolment(login.requiredOrSuperseded),
      fresh: withEnrolment(fresh),
    },
    reauthenticating: {
      required: login.required,
      requiredOrSuperseded: login.requiredOrSuperseded,
    },
    scope: scopeGuard,
  };
}

function forbidden(c: Context, title: string): Response {
  return problem(c, { title, status: 403 });
}
