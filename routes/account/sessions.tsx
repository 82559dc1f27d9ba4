import type { Login } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import { readDevice } from "../../lib/http/user_agent.ts";
import type { Clock } from "../../lib/time.ts";
import { SessionsPage } from "../../views/account/sessions.tsx";

export function sessionsRoutes(login: Login<User>, now: Clock) {
  const routes = new Hono();

  routes.get("/account/sessions", login.required, (c) => page(c, c.var.user));

  routes.post("/account/sessions/end-others", login.required, async (c) => {
    await login.endOtherSessions(c);
    await login.flash(c, "others_ended");
    return c.redirect("/account/sessions", 303);
  });

  routes.post("/account/sessions/:id/end", login.required, async (c) => {
    const ended = await login.endSession(c, c.var.user, c.req.param("id"));
    if (!ended) {
      c.var.log("authz_fail", { reason: "not_theirs" });
      c.status(404); // other people's are not found either
      return page(c, c.var.user, "gone");
    }
    await login.flash(c, "session_ended");
    return c.redirect("/account/sessions", 303);
  });

  async function page(c: Context, user: User, problem?: "gone") {
    const { text, session: current } = c.var;
    const sessions = (await login.sessions(user)).map((session) => ({
      ...session,
      device: readDevice(session.userAgent),
      isThis: session.id === current?.id,
    }));
    sessions.sort((a, b) => Number(b.isThis) - Number(a.isThis));
    return c.render(
      <SessionsPage text={text} now={now()} sessions={sessions} problem={problem} />,
      { title: text.sessions.title },
    );
  }

  return routes;
}
