import type { Login } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { Accounts } from "../lib/account/accounts.ts";
import type { User } from "../lib/account/user.ts";
import { LoginPage, type LoginPageProps } from "../views/login.tsx";
import { form, text } from "./form.ts";

const fields = {
  email: text.min(1, "missing"),
  password: text.min(1, "missing"),
  next: text.optional(),
};

export function loginRoutes(login: Login<User>, accounts: Accounts) {
  const routes = new Hono();

  routes.get("/login", login.anonymous, (c) => page(c, { next: c.req.query("next") }));

  routes.post(
    "/login",
    login.anonymous,
    form(fields, (c, problems, typed) => {
      return refuse(c, { problems, input: { email: typed("email") }, next: typed("next") });
    }),
    async (c) => {
      const { email, password, next } = c.req.valid("form");
      const authenticated = await accounts.authenticate(email, password);
      // One answer for every reason: it must not tell which addresses have accounts.
      if (!authenticated.ok) return refuse(c, { refused: true, input: { email }, next });

      await login.start(c, authenticated.user, { methods: ["pwd"] });
      await login.flash(c, "logged_in");
      return c.redirect(await login.takeNext(c, next), 303);
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
