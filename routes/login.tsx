import { loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { LoginPage, type LoginPageProps } from "../views/login.tsx";
import { tooManyRequests } from "./middleware/errors.tsx";
import { form, text } from "./middleware/form.ts";
import { logClaimedEmail } from "./middleware/log.ts";
import type { Services } from "./services.ts";

const fields = {
  email: text.min(1, "missing"),
  password: text.min(1, "missing"),
  remember: text.optional(),
  next: text.optional(),
};

export function loginRoutes(
  { login, guards, accounts, throttle }: Pick<
    Services,
    "login" | "guards" | "accounts" | "throttle"
  >,
) {
  const routes = new Hono();

  routes.get("/login", guards.anonymous, (c) => page(c, { next: c.req.query("next") }));

  // Open to users as well: another tab may have logged in since; this form then switches users.
  routes.post(
    "/login",
    form(fields, (c, problems, typed) => {
      const input = { email: typed("email"), remember: typed("remember") === "on" };
      return page(c, { problems, input, next: typed("next") }, 422);
    }),
    async (c) => {
      const { email, password, next, ...boxes } = c.req.valid("form");
      const remember = boxes.remember === "on";
      logClaimedEmail(c, email);
      const attempt = await throttle.attempt(
        c,
        email,
        () => accounts.findCredential(email),
        (account) => accounts.authenticate(account, password),
      );
      if (!attempt.evaluated) return tooManyRequests(c, attempt, loginUrl(c.req.path, next));

      const { outcome, failures } = attempt;
      const before = await login.user(c);
      if (!outcome.ok) await login.reportFailure(c, outcome.reason);
      const started = outcome.ok &&
        await login.start(c, outcome.user, { methods: ["pwd"], remember });
      // One answer for every reason: it must not tell which addresses have accounts.
      if (!started || !started.ok) {
        return page(c, { refused: true, input: { email, remember }, next }, 422);
      }

      logSuccess(c, started.session.userId, Math.max(...failures));
      await login.flash(
        c,
        before && before.id !== started.session.userId ? "switched" : "logged_in",
      );
      return c.redirect(await login.takeNext(c, next ?? c.req.query("next")), 303);
    },
  );

  return routes;
}

function logSuccess(c: Context, userId: string, failures: number): void {
  if (failures === 0) c.var.log("authn_login_success", { userId });
  else c.var.log("authn_login_successafterfail", { userId, failures });
}

function page(c: Context, props: Omit<LoginPageProps, "text">, status?: 422) {
  const { text } = c.var;
  return c.render(<LoginPage text={text} {...props} />, { title: text.login.title, status });
}
