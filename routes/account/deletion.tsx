import type { Login } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { Accounts } from "../../lib/account/accounts.ts";
import { canonicalEmail } from "../../lib/account/email.ts";
import type { User } from "../../lib/account/user.ts";
import { DeletionPage } from "../../views/account/deletion.tsx";
import type { RequestThrottle } from "../middleware/login_throttle.ts";
import { form, text } from "../middleware/form.ts";

export function deletionRoutes(login: Login<User>, accounts: Accounts, throttle: RequestThrottle) {
  const routes = new Hono();

  routes.get("/account/delete", login.fresh, (c) => page(c, c.var.user));

  routes.post(
    "/account/delete",
    login.fresh,
    form({ email: text.min(1, "missing") }, (c, problems, typed) => {
      return refuse(c, c.var.user, { problems, typed: typed("email") });
    }),
    async (c) => {
      const { user } = c.var;
      const { email } = c.req.valid("form");
      if (canonicalEmail(email) !== user.email) {
        return refuse(c, user, { problems: { email: "email_differs" }, typed: email });
      }

      // This browser's session outlives the others: after an outage in between it can try again.
      await login.endOtherSessions(c);
      // From this commit on no browser is logged in as them.
      await accounts.delete(user);
      c.var.log("user_deleted");
      await throttle.forget(user.email);
      await login.end(c);
      await login.forgetUser(c, user.id);
      await login.flash(c, "account_deleted");
      return c.redirect("/", 303);
    },
  );

  return routes;
}

function refuse(c: Context, user: User, state: object) {
  c.status(422);
  return page(c, user, state);
}

function page(c: Context, user: User, state: object = {}) {
  const { text } = c.var;
  return c.render(<DeletionPage text={text} user={user} {...state} />, {
    title: text.deletion.title,
  });
}
