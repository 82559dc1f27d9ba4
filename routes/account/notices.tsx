import { Hono } from "hono";
import { NoticesPage } from "../../views/account/notices.tsx";
import { refuse } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

/** Which mails a user gets. */
export function noticesRoutes(
  { login, guards, accounts, activity }: Pick<
    Services,
    "login" | "guards" | "accounts" | "activity"
  >,
) {
  const routes = new Hono();

  routes.get("/account/notices", guards.required, (c) => {
    const { text, features, user } = c.var;
    return c.render(<NoticesPage text={text} features={features} user={user} />, {
      title: text.notices.title,
    });
  });

  routes.post(
    "/account/notices",
    guards.required,
    form({ new_browser: text.optional() }, (c) => refuse(c, "incomplete")),
    async (c) => {
      const choice = c.req.valid("form").new_browser === "on" ? "on" : "off";
      const { id } = c.var.user;
      const changed = await accounts.setNewBrowserNotices(
        id,
        choice,
        (operation) => activity.join(operation, c, id, "notices_changed"),
      );
      if (!changed) return c.redirect("/login", 303); // another browser deleted the account
      c.var.log("user_updated", { fields: "newBrowserNotices" });
      await login.flash(c, "notices_saved");
      return c.redirect("/account/notices", 303);
    },
  );

  return routes;
}
