import { type Context, Hono } from "hono";
import { worksFrom } from "../lib/account/email_token.ts";
import { RecoverAccountPage } from "../views/recover_account.tsx";
import { deadLink } from "./middleware/dead_link.tsx";
import { form, linkEmailField } from "./middleware/form.ts";
import { isFormOf } from "./middleware/mailed_link.ts";
import type { MailServices, Services } from "./services.ts";

const path = "/recover-account";

type Used = Pick<
  Services & MailServices,
  "login" | "accounts" | "emailTokens" | "mailedLink" | "now"
>;

/**
 * The way back that the operator opens for somebody who lost every second factor (see
 * `cli/users_recover.ts`). For a day it can only be stopped.
 */
export function recoverAccountRoutes({ login, accounts, emailTokens, mailedLink, now }: Used) {
  const routes = new Hono();

  routes.get(path, (c) => page(c));

  routes.post(path, form({ email: linkEmailField }, (c) => page(c, 422)), async (c) => {
    const found = await findLink(c);
    if (!found || !isFormOf(found, c.req.valid("form").email)) return deadLink(c, null);
    if (!await emailTokens.end(found)) return deadLink(c, null);
    mailedLink.forget(c);
    c.var.log("authn_token_revoked", { userId: found.userId, reason: "recovery_stopped" });
    await login.flash(c, "recovery_stopped");
    return c.redirect("/", 303);
  });

  routes.get(`${path}/:token`, (c) => mailedLink.open(c, path));

  async function page(c: Context, status?: 422): Promise<Response> {
    const found = await findLink(c);
    if (!found) return deadLink(c, null);
    const { text } = c.var;
    const from = worksFrom(found.record);
    return c.render(
      <RecoverAccountPage
        text={text}
        email={found.record.email}
        worksFrom={from > now() ? from : null}
      />,
      { title: text.recoverAccount.title, status },
    );
  }

  /** The link that this browser opened, whether or not it works yet. */
  async function findLink(c: Context) {
    const found = await emailTokens.findWaiting("recover_account", mailedLink.read(c));
    const user = found && await accounts.find(found.userId);
    return user?.email === found?.record.email ? found : null;
  }

  return routes;
}
