import type { Guard } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import type { User } from "../../lib/account/user.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { DeletionPage, type DeletionPageProps } from "../../views/account/deletion.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const fields = { email: text.min(1, "missing") };

export function deletionRoutes(
  {
    login,
    guards,
    accounts,
    emailTokens,
    pendingLogins,
    heldRequests,
    ownedRecords,
    mail,
  }: Pick<
    Services,
    | "login"
    | "guards"
    | "accounts"
    | "emailTokens"
    | "pendingLogins"
    | "heldRequests"
    | "ownedRecords"
    | "mail"
  >,
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

      // This session ends last: the user can try again if the store fails half way.
      await heldRequests.drop((await login.sessions(user)).map(({ id }) => id));
      await login.endOtherSessions(c);
      await pendingLogins.deleteAll(user.id);
      // After this commit no browser is logged in as this user.
      await accounts.delete(user, async (operation) => {
        // In this commit: an account that lives on after a fault keeps its links to undo.
        await ownedRecords.removeAll(operation, user.id);
        if (mail) addWrites(operation, mail.mails.accountDeleted(c, user));
      });
      c.var.log("user_deleted");
      await emailTokens.deleteAll(user.id);
      await login.end(c);
      await login.forgetUser(c, user.id);
      await login.flash(c, "account_deleted");
      return c.redirect("/", 303);
    },
  );

  return routes;
}

function page(
  c: Context,
  user: User,
  props: Pick<DeletionPageProps, "problems" | "typed">,
  status?: 422,
) {
  const { text, features } = c.var;
  return c.render(<DeletionPage text={text} features={features} user={user} {...props} />, {
    title: text.deletion.title,
    status,
  });
}
