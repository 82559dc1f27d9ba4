import { type Context, Hono } from "hono";
import { LogoutPage } from "../views/logout.tsx";
import type { Services } from "./services.ts";

export function logoutRoutes(
  { login, pendingLogins, pendingCookie }: Pick<
    Services,
    "login" | "pendingLogins" | "pendingCookie"
  >,
) {
  const routes = new Hono();

  // GET only asks: a prefetch or an image on another site can send it.
  routes.get("/logout", async (c) => {
    const { text } = c.var;
    const loggedIn = await login.user(c) !== null;
    return c.render(<LogoutPage text={text} loggedIn={loggedIn} />, { title: text.logout.title });
  });

  routes.post("/logout", async (c) => {
    await login.end(c);
    await endPendingLogin(c);
    await login.flash(c, "logged_out");
    return c.redirect("/", 303);
  });

  /** A login that waits for its second factor ends as well. */
  async function endPendingLogin(c: Context): Promise<void> {
    const token = pendingCookie.read(c);
    if (token === undefined) return;
    const pending = await pendingLogins.find(token);
    if (pending) await pendingLogins.end(pending);
    pendingCookie.delete(c);
  }

  return routes;
}
