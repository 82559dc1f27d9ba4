import { loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { ReauthenticatePage, type ReauthenticatePageProps } from "../views/reauthenticate.tsx";
import { tooManyRequests } from "./middleware/errors.tsx";
import { form, text, usernameField } from "./middleware/form.ts";
import { nextAfterProof } from "./middleware/held_request.ts";
import type { Services } from "./services.ts";

const fields = {
  email: usernameField,
  password: text.min(1, "missing"),
  next: text.optional(),
};

export function reauthenticateRoutes(
  { login, guards, accounts, throttle, heldRequests }: Pick<
    Services,
    "login" | "guards" | "accounts" | "throttle" | "heldRequests"
  >,
) {
  const routes = new Hono();

  routes.get("/reauthenticate", guards.enrolling.required, (c) => {
    return page(c, { user: c.var.user, next: c.req.query("next") });
  });

  routes.post(
    "/reauthenticate",
    guards.enrolling.requiredOrSuperseded,
    form(fields, (c, problems, typed) => {
      return page(c, { user: c.var.user, problems, next: typed("next") }, 422);
    }),
    async (c) => {
      const { user } = c.var;
      const { password, next } = c.req.valid("form");
      const attempt = await throttle.attemptByUser(
        c,
        user,
        () => accounts.verifyPassword(user, password),
      );
      if (!attempt.evaluated) return tooManyRequests(c, attempt, loginUrl(c.req.path, next));
      if (!attempt.outcome.ok) {
        await login.reportFailure(c, "wrong", user.id);
        return page(c, { user, refused: true, next }, 422);
      }

      const session = await login.reauthenticate(c, ["pwd"]);
      if (!session) return c.redirect("/login", 303); // another browser ended it meanwhile
      await login.flash(c, "reauthenticated");
      const target = await nextAfterProof(heldRequests, session.id, next);
      return c.redirect(await login.takeNext(c, target), 303);
    },
  );

  return routes;
}

function page(c: Context, props: Omit<ReauthenticatePageProps, "text">, status?: 422) {
  const { text } = c.var;
  return c.render(<ReauthenticatePage text={text} {...props} />, {
    title: text.reauthenticate.title,
    status,
  });
}
