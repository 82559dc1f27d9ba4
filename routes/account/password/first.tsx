import type { Guard, LoggedIn, RenewResult } from "@latchkey/login";
import { addToCommit } from "@latchkey/login/kv";
import { type Context, Hono, type Next } from "hono";
import type { User } from "../../../lib/account/user.ts";
import {
  FirstPasswordPage,
  type FirstPasswordPageProps,
} from "../../../views/account/password/first.tsx";
import { tooManyRequests } from "../../middleware/errors.tsx";
import { form, passwordField, type Typed, usernameField } from "../../middleware/form.ts";
import { mailPasswordLink } from "../../password_reset/mail_link.ts";
import type { MailServices, Services } from "../../services.ts";

const path = "/account/password/first";

const fields = { email: usernameField, password: passwordField };

type Used = Pick<
  Services,
  "login" | "activity" | "guards" | "accounts" | "policy" | "throttle" | "mail"
>;

/**
 * For somebody without a password, who logs in with a passkey or at a provider. A mailed link sets
 * the first one; without mail this page does, after a fresh login.
 */
export function firstPasswordRoutes(
  { login, guards, accounts, policy, throttle, activity, mail }: Used,
) {
  const routes = new Hono();
  const { requiredOrSuperseded, fresh } = guards.changingPassword;

  // With mail no fresh login is asked for: somebody may need the password to prove who they are.
  if (mail) {
    const { required } = guards.reauthenticating;
    routes.get(path, required, (c) => show(c, c.var.user));
    routes.post(path, required, (c) => sendLink(c, c.var.user, mail));
    return routes;
  }

  routes.get(path, fresh, (c) => show(c, c.var.user));
  routes.post(
    path,
    requiredOrSuperseded,
    freshUnlessRepeated,
    form(fields, refuse, validate),
    async (c) => {
      const { user } = c.var;
      const { password } = c.req.valid("form");
      if (!await accounts.lacksPassword(user)) return await answerRepeated(c, user, password);
      if (await policy.isBreached(password)) {
        return await page(c, user, { problem: "password_common" }, 422);
      }
      const renewed = await setPassword(c, user, password);
      if (!renewed.ok) return await answerRepeated(c, user, password);
      c.var.log("authn_password_change");
      throttle.setDeviceCookie(c, renewed.user);
      await login.flash(c, "password_set");
      return c.redirect("/account", 303);
    },
  );

  async function sendLink(c: Context, user: User, { mails }: MailServices): Promise<Response> {
    // The link would confirm an address that may be somebody else's: the page asks for that first.
    if (user.emailVerified && await accounts.lacksPassword(user)) {
      await mailPasswordLink(c, user.email, { accounts, throttle, mails });
      await login.flash(c, "password_link_sent");
    }
    return c.redirect(path, 303);
  }

  async function show(c: Context, user: User): Promise<Response> {
    return await accounts.lacksPassword(user)
      ? await page(c, user, {})
      : c.redirect("/account/password", 303);
  }

  /** A form that was sent twice passes: the first one set the password, and renewed the session. */
  async function freshUnlessRepeated(
    c: Context<{ Variables: LoggedIn<User> }>,
    next: Next,
  ): Promise<Response | void> {
    const isFirst = await accounts.lacksPassword(c.var.user);
    return isFirst ? await (fresh as Guard<LoggedIn<User>>)(c, next) : await next();
  }

  /** This session lives on; every other one ends. */
  function setPassword(c: Context, user: User, password: string): Promise<RenewResult<User>> {
    // A password does not prolong what a second factor proved.
    return login.renew(
      c,
      hasFactor(user) ? [] : ["pwd"],
      (sessionChange) =>
        accounts.changePassword(user, password, async (operation, changed) => {
          addToCommit(operation, await sessionChange(changed));
          await activity.join(operation, c, user.id, "password_changed");
        }),
    );
  }

  /** Another password was set by another browser, which ended this login. */
  async function answerRepeated(c: Context, user: User, password: string): Promise<Response> {
    const check = () => accounts.verifyPassword(user, password);
    const attempted = await throttle.attemptByUser(c, user, check);
    if (!attempted.evaluated) return await tooManyRequests(c, attempted);
    if (!attempted.outcome.ok) return c.redirect("/login", 303);
    const needsSession = !hasFactor(user); // a password alone renews no other login
    if (needsSession && !await login.reauthenticate(c, ["pwd"])) return c.redirect("/login", 303);
    await login.flash(c, "password_set");
    return c.redirect("/account", 303);
  }

  async function validate(typed: Typed, c: Context) {
    const problem = await policy.check(typed("password") ?? "", c.var.user);
    return problem ? { password: problem } : {};
  }

  async function refuse(
    c: Context,
    { password: problem }: { password?: FirstPasswordPageProps["problem"] },
    typed: Typed,
  ) {
    const { user } = c.var;
    const password = typed("password");
    const assessment = password ? await policy.assess(password, user) : undefined;
    return await page(c, user, { problem, assessment }, 422);
  }

  function page(
    c: Context,
    user: User,
    props: Pick<FirstPasswordPageProps, "problem" | "assessment">,
    status?: 422,
  ) {
    const { text, features } = c.var;
    const given = { text, features, user, minLength: policy.minLength };
    return c.render(<FirstPasswordPage {...given} {...props} />, {
      title: text.password.firstTitle,
      status,
    });
  }

  return routes;
}

function hasFactor({ factors }: User): boolean {
  return factors.length > 0;
}
