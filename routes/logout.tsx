import { Hono } from "hono";
import { LogoutPage } from "../views/logout.tsx";
import { endPendingLogin } from "./pending_login.ts";
import type { Services } from "./services.ts";

export function logoutRoutes(
  { login, pendingLogins, pendingCookie, provedSignIns, identityCookie }: Pick<
    Services,
    "login" | "pendingLogins" | "pendingCookie" | "provedSignIns" | "identityCookie"
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
    await endPendingLogin(c, { pendingLogins, pendingCookie });
    const secret = identityCookie.read(c);
    if (secret !== undefined) {
      // Somebody else may log in here next: they must not answer for this person.
      await provedSignIns.take(secret);
      identityCookie.delete(c);
    }
    await login.flash(c, "logged_out");
    return c.redirect("/", 303);
  });

  return routes;
}
