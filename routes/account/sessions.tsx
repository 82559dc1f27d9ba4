import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import { readDevice } from "../../lib/http/user_agent.ts";
import { SessionsPage } from "../../views/account/sessions.tsx";
import type { Services } from "../services.ts";

export function sessionsRoutes(
  { login, guards, activity, now }: Pick<Services, "login" | "guards" | "activity" | "now">,
) {
  const routes = new Hono();

  routes.get("/account/sessions", guards.required, (c) => page(c, c.var.user));

  routes.post("/account/sessions/end-others", guards.required, async (c) => {
    const event = await activity.record(c, c.var.user.id, "sessions_ended");
    await login.endOtherSessions(c, { set: event });
    await login.flash(c, "others_ended");
    return c.redirect("/account/sessions", 303);
  });

  routes.post("/account/sessions/:id/end", guards.required, async (c) => {
    const { user } = c.var;
    const event = await activity.record(c, user.id, "session_ended");
    const ended = await login.endSession(c, user, c.req.param("id"), { set: event });
    if (!ended) {
      c.var.log("authz_fail", { reason: "not_theirs" });
      return page(c, c.var.user, "gone", 404); // the same answer for another user's session
    }
    await login.flash(c, "session_ended");
    return c.redirect("/account/sessions", 303);
  });

  async function page(c: Context, user: User, problem?: "gone", status?: 404) {
    const { text, features, session: current } = c.var;
    const sessions = (await login.sessions(user)).map((
      { id, userAgent, createdAt, seenAt, methods, network },
    ) => ({
      id,
      device: readDevice(userAgent),
      isCurrent: id === current?.id,
      createdAt,
      seenAt,
      methods,
      network,
    }));
    sessions.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
    return c.render(
      <SessionsPage
        text={text}
        features={features}
        now={now()}
        sessions={sessions}
        problem={problem}
      />,
      { title: text.sessions.title, status },
    );
  }

  return routes;
}
