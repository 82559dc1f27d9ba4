import { type Context, Hono } from "hono";
import { normalizePassword } from "../../lib/credential/password_policy.ts";
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

/** Guarded by `login` itself: users whose password others know come here to change it. */
export function passwordRoutes(
  { login, accounts, policy, throttle }: Pick<
    Services,
    "login" | "accounts" | "policy" | "throttle"
  >,
) {
  const routes = new Hono();

  routes.get("/account/password", login.fresh, (c) => page(c, {}));

  routes.post("/account/password", login.fresh, form(fields, refuse, validate), async (c) => {
    const { user } = c.var;
    const { current_password, password } = c.req.valid("form");
    const attempted = await throttle.attempt(
      c,
      user.email,
      () => accounts.verifyPassword(user, current_password),
    );
    if (!attempted.evaluated) return tooManyRequests(c, attempted);
    if (!attempted.outcome.ok) {
      await login.reportFailure(c, "wrong", user.id);
      c.var.log("authn_password_change_fail", { reason: "wrong" });
      return page(c, { problems: { current_password: "password_wrong" } }, 422);
    }

    if (await policy.isBreached(password)) {
      return page(c, { problems: { password: "password_common" } }, 422);
    }

    const changed = await accounts.changePassword(user, password);
    if (!changed) return c.redirect("/login", 303); // another browser changed it: this login is over
    c.var.log("authn_password_change");
    // That commit ended every session, this one too: here it goes on under a new token.
    const started = await login.start(c, changed, { methods: ["pwd"], continues: true });
    if (!started.ok) return c.redirect("/login", 303); // it was ended from elsewhere meanwhile
    await throttle.renew(c, changed);
    await login.flash(c, "password_changed");
    return c.redirect("/account", 303);
  });

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

  function page(
    c: Context,
    props: Pick<PasswordPageProps, "problems" | "assessment">,
    status?: 422,
  ) {
    const { text, user } = c.var;
    const { minLength } = policy;
    return c.render(<PasswordPage text={text} user={user} minLength={minLength} {...props} />, {
      title: text.password.title,
      status,
    });
  }

  return routes;
}
