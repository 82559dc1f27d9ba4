import type { Guard } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import type { User } from "../../lib/account/user.ts";
import { DeletionPage, type DeletionPageProps } from "../../views/account/deletion.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const fields = { email: text.min(1, "missing") };

export function deletionRoutes(
  { login, guards, accountDeletion }: Pick<Services, "login" | "guards" | "accountDeletion">,
) {
  const routes = new Hono();

  // The form may have deleted the account already, and its answer was lost: nobody can tell.
  const redirectGuest: Guard = async (c, next) => {
    if (await login.user(c)) return await next();
    await login.flash(c, "deletion_without_login");
    return c.redirect("/", 303);
  };

  routes.get("/account/delete", guards.fresh, (c) => page(c, c.var.user, {}));

  routes.post(
    "/account/delete",
    redirectGuest,
    guards.fresh,
    form(fields, (c, problems, typed) => {
      return page(c, c.var.user, { problems, typed: typed("email") }, 422);
    }),
    async (c) => {
      const { user } = c.var;
      const { email } = c.req.valid("form");
      if (canonicalEmail(email) !== user.email) {
        return page(c, user, { problems: { email: "email_differs" }, typed: email }, 422);
      }

      const deleted = await accountDeletion.delete(c, user, { actor: "owner" });
      if (!deleted.ok) return page(c, user, { refusal: "last_admin", typed: email }, 422);
      await login.flash(c, "account_deleted");
      return c.redirect("/", 303);
    },
  );

  return routes;
}

function page(
  c: Context,
  user: User,
  props: Pick<DeletionPageProps, "problems" | "refusal" | "typed">,
  status?: 422,
) {
  const { text, features } = c.var;
  return c.render(<DeletionPage text={text} features={features} user={user} {...props} />, {
    title: text.deletion.title,
    status,
  });
}
