import type { Login } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { Accounts } from "../lib/account/accounts.ts";
import type { User } from "../lib/account/user.ts";
import type { Problems } from "../views/form.tsx";
import { ProfilePage } from "../views/profile.tsx";
import { form, nameField, type Typed } from "./middleware/form.ts";

export function profileRoutes(login: Login<User>, accounts: Accounts) {
  const routes = new Hono();

  routes.get("/profile", login.required, (c) => page(c, c.var.user));

  routes.post(
    "/profile",
    login.required,
    form({ name: nameField }, (c, problems, typed) => refuse(c, problems, typed)),
    async (c) => {
      const renamed = await accounts.rename(c.var.user.id, c.req.valid("form").name);
      if (!renamed) return c.redirect("/login", 303); // the account was deleted from elsewhere meanwhile
      c.var.log("user_updated", { fields: "name" });
      await login.flash(c, "name_saved");
      return c.redirect("/profile", 303);
    },
  );

  function refuse(c: Context, problems: Problems<"name">, typed: Typed) {
    c.status(422);
    return page(c, c.var.user, { problems, name: typed("name") });
  }

  function page(c: Context, user: User, state = {}) {
    const { text } = c.var;
    return c.render(<ProfilePage text={text} user={user} {...state} />, {
      title: text.profile.title,
    });
  }

  return routes;
}
