import { type Login, loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { Accounts } from "../lib/account/accounts.ts";
import type { User } from "../lib/account/user.ts";
import { LoginPage, type LoginPageProps } from "../views/login.tsx";
import type { RequestThrottle } from "./middleware/login_throttle.ts";
import { tooManyRequests } from "./middleware/errors.tsx";
import { form, text } from "./middleware/form.ts";
import { logClaim } from "./middleware/log.ts";

const fields = {
  email: text.min(1, "missing"),
  password: text.min(1, "missing"),
  remember: text.optional(),
  next: text.optional(),
};

export function loginRoutes(login: Login<User>, accounts: Accounts, throttle: RequestThrottle) {
  const routes = new Hono();

  routes.get("/login", login.anonymous, (c) => page(c, { next: c.req.query("next") }));

  routes.post(
    "/login",
    login.anonymous,
    form(fields, (c, problems, typed) => {
      const input = { email: typed("email"), remember: typed("remember") === "on" };
      return refuse(c, { problems, input, next: typed("next") });
    }),
    async (c) => {
      const { email, password, next, ...boxes } = c.req.valid("form");
      const remember = boxes.remember === "on";
      logClaim(c, email);
      const attempted = await throttle.attempt(
        c,
        email,
        () => accounts.authenticate(email, password),
      );
      if (!attempted.evaluated) return tooManyRequests(c, attempted, loginUrl(c.req.path, next));
      const authenticated = attempted.outcome;
      const started = authenticated.ok &&
        await login.start(c, authenticated.user, { methods: ["pwd"], remember });
      if (!started || !started.ok) {
        if (!authenticated.ok) await login.reportFailure(c, authenticated.reason);
        // One answer for every reason: it must not tell which addresses have accounts.
        return refuse(c, { refused: true, input: { email, remember }, next });
      }

      const { userId } = started.session;
      const failures = Math.max(...attempted.failures);
      if (failures === 0) c.var.log("authn_login_success", { userId });
      else c.var.log("authn_login_successafterfail", { userId, failures });
      await login.flash(c, "logged_in");
      return c.redirect(await login.takeNext(c, next ?? c.req.query("next")), 303);
    },
  );

  return routes;
}

function refuse(c: Context, state: Omit<LoginPageProps, "text">) {
  c.status(422);
  return page(c, state);
}

function page(c: Context, state: Omit<LoginPageProps, "text">) {
  const { text } = c.var;
  return c.render(<LoginPage text={text} {...state} />, { title: text.login.title });
}
