import type { RenewResult } from "@latchkey/login";
import { addToCommit } from "@latchkey/login/kv";
import { type Context, Hono, type Next } from "hono";
import type { User } from "../../lib/account/user.ts";
import { normalizePassword } from "../../lib/credential/password_policy.ts";
import { addWrites } from "../../lib/kv/write.ts";
import type { Problems } from "../../views/form.tsx";
import { PasswordPage, type PasswordPageProps } from "../../views/account/password.tsx";
import { tooManyRequests } from "../middleware/errors.tsx";
import { form, passwordField, text, type Typed, usernameField } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const fields = {
  email: usernameField,
  current_password: text.min(1, "missing"),
  password: passwordField,
};

/**
 * Without mail, users whose password others know come here to change it. The current password is
 * the proof. A user with a second factor proves that too, by a fresh login.
 */
export function passwordRoutes(
  { login, guards, accounts, policy, throttle, activity, apiTokens, mail }: Pick<
    Services,
    | "login"
    | "guards"
    | "accounts"
    | "policy"
    | "throttle"
    | "activity"
    | "apiTokens"
    | "mail"
  >,
) {
  const routes = new Hono();
  const { required, requiredOrSuperseded: guard } = mail ? guards : guards.changingPassword;

  routes.get("/account/password", required, guards.freshFactor, hasPassword, (c) => page(c, {}));

  routes.post(
    "/account/password",
    guard,
    guards.freshFactor,
    hasPassword,
    form(fields, refuse, validate),
    async (c) => {
      const { user } = c.var;
      const { current_password, password } = c.req.valid("form");
      if (hasFactor(user) && !await login.session(c)) {
        return await answerRepeated(c, user, password);
      }
      const refused = await refuseWrong(c, user, { current: current_password, password });
      if (refused) return refused;
      if (await policy.isBreached(password)) {
        return page(c, { problems: { password: "password_common" } }, 422);
      }

      // Before the change: a fault after it would answer that nothing was changed.
      const { length: tokens } = await apiTokens.list(user);
      const renewed = await changePassword(c, user, password);
      if (renewed.ok || renewed.reason === "ended") c.var.log("authn_password_change");
      if (!renewed.ok) return await answerRepeated(c, user, password);
      throttle.setDeviceCookie(c, renewed.user);
      const message = tokens > 0 ? `password_changed_tokens ${tokens}` : "password_changed";
      await login.flash(c, message);
      return c.redirect("/account", 303);
    },
  );

  /** In front of the form: the first password has a page of its own. */
  async function hasPassword(c: Context, next: Next): Promise<Response | void> {
    const { user } = c.var;
    return await accounts.lacksPassword(user)
      ? c.redirect("/account/password/first", 303)
      : await next();
  }

  /** Checks the current password; null when it is right. */
  async function refuseWrong(
    c: Context,
    user: User,
    { current, password }: { readonly current: string; readonly password: string },
  ): Promise<Response | null> {
    const check = () => accounts.verifyPassword(user, current);
    const attempted = await throttle.attemptByUser(c, user, check);
    if (!attempted.evaluated) return await tooManyRequests(c, attempted);
    if (attempted.outcome.ok) return null;
    if (await isRepeated(c, user)) return await answerRepeated(c, user, password);
    await login.reportFailure(c, "wrong", user.id);
    c.var.log("authn_password_change_fail", { reason: "wrong" });
    return await page(c, { problems: { current_password: "password_wrong" } }, 422);
  }

  /** This session lives on; every other one ends. */
  function changePassword(c: Context, user: User, password: string): Promise<RenewResult<User>> {
    // A password does not prolong what a second factor proved.
    return login.renew(
      c,
      hasFactor(user) ? [] : ["pwd"],
      (sessionChange) =>
        accounts.changePassword(user, password, async (operation, changed) => {
          addToCommit(operation, await sessionChange(changed));
          await activity.join(operation, c, user.id, "password_changed");
          if (mail) addWrites(operation, mail.mails.passwordChanged(c, changed));
        }),
    );
  }

  /** Whether the password changed since this request was authenticated: it may be the same form. */
  async function isRepeated(c: Context, user: User): Promise<boolean> {
    return !await login.session(c) || (await accounts.find(user.id))?.epoch !== user.epoch;
  }

  /**
   * Answers a form that was sent twice as if it had been sent once: the new password is set
   * already. If it is another one, a different browser changed it first: nobody is logged in here.
   */
  async function answerRepeated(c: Context, user: User, password: string): Promise<Response> {
    const attempted = await throttle.attempt(
      c,
      user.email,
      () => accounts.findCredential(user.email),
      (account) => accounts.authenticate(account, password),
    );
    if (!attempted.evaluated) return tooManyRequests(c, attempted);
    if (!attempted.outcome.ok) return c.redirect("/login", 303);
    const needsSession = !hasFactor(user); // a password alone renews no other login
    if (needsSession && !await login.reauthenticate(c, ["pwd"])) return c.redirect("/login", 303);
    await login.flash(c, "password_changed");
    return c.redirect("/account", 303);
  }

  async function validate(typed: Typed, c: Context): Promise<Problems<"password">> {
    const password = typed("password") ?? "";
    const current = typed("current_password") ?? "";
    if (normalizePassword(password) === normalizePassword(current)) {
      return { password: "password_unchanged" };
    }
    const problem = await policy.check(password, c.var.user);
    return problem ? { password: problem } : {};
  }

  async function refuse(c: Context, problems: Problems<keyof typeof fields>, typed: Typed) {
    const password = typed("password");
    const assessment = password ? await policy.assess(password, c.var.user) : undefined;
    return page(c, { problems, assessment }, 422);
  }

  async function page(
    c: Context,
    props: Pick<PasswordPageProps, "problems" | "assessment">,
    status?: 422,
  ) {
    const { text, features, user } = c.var;
    const { minLength } = policy;
    const { length: apiTokenCount } = await apiTokens.list(user);
    return c.render(
      <PasswordPage
        text={text}
        features={features}
        user={user}
        minLength={minLength}
        apiTokens={apiTokenCount}
        {...props}
      />,
      {
        title: text.password.title,
        status,
      },
    );
  }

  return routes;
}

function hasFactor({ factors }: User): boolean {
  return factors.length > 0;
}
