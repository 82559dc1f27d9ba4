import { addWrites } from "../lib/kv/write.ts";
import { type Context, Hono } from "hono";
import { mayUndo } from "../lib/account/undo.ts";
import { isLinkedIdentity } from "../lib/credential/added_factor.ts";
import { UndoPage } from "../views/undo.tsx";
import { deadLink } from "./middleware/dead_link.tsx";
import { form, linkEmailField } from "./middleware/form.ts";
import { isFormOf } from "./middleware/mailed_link.ts";
import type { MailServices, Services } from "./services.ts";

type Used = Pick<
  Services & MailServices,
  "login" | "activity" | "accounts" | "undo" | "emailTokens" | "mails" | "mailedLink"
>;

/** "This wasn't me": gives an account back to its owner, without a login. */
export function undoRoutes(services: Used) {
  const { login, accounts, undo, emailTokens, activity, mails, mailedLink } = services;
  const routes = new Hono();

  routes.get("/undo", (c) => page(c));

  routes.post("/undo", form({ email: linkEmailField }, (c) => page(c, 422)), async (c) => {
    const found = await findLink(c, c.req.valid("form").email);
    const visitor = await login.user(c); // the commit ends this session, if it is the account's
    const undone = found && await undo.undo(found, async (operation, changed, { hasAddress }) => {
      await activity.join(operation, c, found.userId, "undone");
      if (hasAddress) addWrites(operation, mails.resetPassword(c, changed));
    });
    if (!undone) return dead(c);
    mailedLink.forget(c);
    c.var.log("user_updated", { userId: undone.user.id, reason: "undone" });
    if (undone.removed) {
      c.var.log("authn_token_revoked", { userId: undone.user.id, reason: "undone" });
    }
    if (visitor?.id === undone.user.id) await login.end(c);
    await login.flash(c, undone.hasAddress ? "undone" : "undone_without_address");
    return c.redirect(undone.hasAddress ? "/password-reset" : "/", 303);
  });

  routes.get("/undo/:token", (c) => mailedLink.open(c, "/undo"));

  async function page(c: Context, status?: 422): Promise<Response> {
    const found = await findLink(c);
    if (!found) return dead(c);
    const { text } = c.var;
    const { email, factor } = found.record;
    const removes = factor === undefined ? null : isLinkedIdentity(factor) ? "identity" : "factor";
    return c.render(
      <UndoPage text={text} email={email} removes={removes} />,
      { title: text.mail.undo, status },
    );
  }

  /**
   * The link that this browser opened; null when it does not work, or the account is gone.
   *
   * @param email The address in the form that was sent.
   */
  async function findLink(c: Context, email?: string) {
    const found = await emailTokens.find("undo", mailedLink.read(c));
    if (!found || !isFormOf(found, email)) return null;
    const user = await accounts.find(found.userId);
    return user && mayUndo(user, found.record) ? found : null;
  }

  return routes;
}

function dead(c: Context): Promise<Response> {
  return deadLink(c, "/password-reset");
}
