import { type Login, loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { Accounts } from "../lib/account/accounts.ts";
import type { User } from "../lib/account/user.ts";
import { ReauthenticatePage, type ReauthenticatePageProps } from "../views/reauthenticate.tsx";
import type { RequestThrottle } from "./middleware/login_throttle.ts";
import { tooManyRequests } from "./middleware/errors.tsx";
import { form, text, usernameField } from "./middleware/form.ts";

const fields = {
  email: usernameField,
  password: text.min(1, "missing"),
  next: text.optional(),
};

export function reauthenticateRoutes(
  login: Login<User>,
  accounts: Accounts,
  throttle: RequestThrottle,
) {
  const routes = new Hono();

  routes.get("/reauthenticate", login.required, (c) => {
    return page(c, { user: c.var.user, next: c.req.query("next") });
  });

  routes.post(
    "/reauthenticate",
    login.required,
    form(
      fields,
      (c, problems, typed) => refuse(c, { user: c.var.user, problems, next: typed("next") }),
    ),
    async (c) => {
      const { user } = c.var;
      const { password, next } = c.req.valid("form");
      const attempted = await throttle.attempt(
        c,
        user.email,
        () => accounts.verifyPassword(user, password),
      );
      if (!attempted.evaluated) return tooManyRequests(c, attempted, loginUrl(c.req.path, next));
      if (!attempted.outcome.ok) {
        await login.reportFailure(c, "wrong", user.id);
        return refuse(c, { user, refused: true, next });
      }

      const proved = await login.reauthenticate(c, ["pwd"]);
      if (!proved) return c.redirect("/login", 303); // the session was ended from elsewhere meanwhile
      await login.flash(c, "reauthenticated");
      return c.redirect(await login.takeNext(c, next), 303);
    },
  );

  return routes;
}

function refuse(c: Context, state: Omit<ReauthenticatePageProps, "text">) {
  c.status(422);
  return page(c, state);
}

function page(c: Context, state: Omit<ReauthenticatePageProps, "text">) {
  const { text } = c.var;
  return c.render(<ReauthenticatePage text={text} {...state} />, {
    title: text.reauthenticate.title,
  });
}
