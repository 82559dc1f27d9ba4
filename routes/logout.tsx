import type { Login } from "@latchkey/login";
import { Hono } from "hono";
import type { User } from "../lib/account/user.ts";
import { LogoutPage } from "../views/logout.tsx";

export function logoutRoutes(login: Login<User>) {
  const routes = new Hono();

  // A link can be followed by a prefetcher or planted in a picture: it asks, and only a form acts.
  routes.get("/logout", async (c) => {
    const { text } = c.var;
    const loggedIn = await login.user(c) !== null;
    return c.render(<LogoutPage text={text} loggedIn={loggedIn} />, { title: text.logout.title });
  });

  routes.post("/logout", async (c) => {
    await login.end(c);
    await login.flash(c, "logged_out");
    return c.redirect("/", 303);
  });

  return routes;
}
