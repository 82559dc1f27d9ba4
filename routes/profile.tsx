import { type Context, Hono } from "hono";
import type { User } from "../lib/account/user.ts";
import { ProfilePage, type ProfilePageProps } from "../views/profile.tsx";
import { form, nameField } from "./middleware/form.ts";
import type { Services } from "./services.ts";

export function profileRoutes(
  { login, guards, accounts, activity }: Pick<
    Services,
    "login" | "guards" | "accounts" | "activity"
  >,
) {
  const routes = new Hono();

  routes.get("/profile", guards.required, (c) => page(c, c.var.user, {}));

  routes.post(
    "/profile",
    guards.required,
    form({ name: nameField }, (c, problems, typed) => {
      return page(c, c.var.user, { problems, name: typed("name") }, 422);
    }),
    async (c) => {
      const { id } = c.var.user;
      const renamed = await accounts.rename(
        id,
        c.req.valid("form").name,
        (operation) => activity.join(operation, c, id, "user_updated"),
      );
      if (!renamed) return c.redirect("/login", 303); // another browser deleted the account
      c.var.log("user_updated", { fields: "name" });
      await login.flash(c, "name_saved");
      return c.redirect("/profile", 303);
    },
  );

  return routes;
}

function page(
  c: Context,
  user: User,
  props: Pick<ProfilePageProps, "problems" | "name">,
  status?: 422,
) {
  const { text, features } = c.var;
  return c.render(<ProfilePage text={text} features={features} user={user} {...props} />, {
    title: text.profile.title,
    status,
  });
}
