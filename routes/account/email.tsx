import { addToCommit } from "@latchkey/login/kv";
import { type Context, Hono } from "hono";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import type { EmailChangeResult } from "../../lib/account/email_changes.ts";
import type { FoundToken } from "../../lib/account/email_token.ts";
import { isPending, type User } from "../../lib/account/user.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { ConfirmNewEmailPage, EmailPage, type EmailPageProps } from "../../views/account/email.tsx";
import { deadLink } from "../middleware/dead_link.tsx";
import { emailField, form, linkEmailField } from "../middleware/form.ts";
import { isFormOf } from "../middleware/mailed_link.ts";
import type { MailServices, Services } from "../services.ts";

type Used = Pick<
  Services & MailServices,
  | "login"
  | "activity"
  | "guards"
  | "accounts"
  | "emailChanges"
  | "emailTokens"
  | "throttle"
  | "mails"
  | "mailedLink"
>;

/** Moves an account to another address, once a link that was mailed there is used. */
export function emailRoutes(
  { login, guards, accounts, emailChanges, emailTokens, throttle, activity, mails, mailedLink }:
    Used,
) {
  const routes = new Hono();

  routes.get("/account/email", guards.fresh, (c) => page(c, c.var.user, {}));

  routes.post(
    "/account/email",
    guards.fresh,
    form({ email: emailField }, (c, problems, typed) => {
      return page(c, c.var.user, { problems, typed: typed("email") }, 422);
    }),
    async (c) => {
      const { user } = c.var;
      const { email } = c.req.valid("form");
      const newEmail = canonicalEmail(email) ?? "";
      if (newEmail === user.email) {
        return page(c, user, { problems: { email: "email_unchanged" }, typed: email }, 422);
      }
      const { verdict } = await throttle.mailAdmission(c, "change_email", newEmail);
      // The same work for every address: only the network's limit ends it sooner.
      if (verdict !== "refused") {
        const owner = await ownerOf(newEmail);
        const asker = verdict === "admitted" ? user : null;
        await mails.commit(mails.changeEmail(c, asker, { newEmail, owner }));
      }
      await login.flash(c, "email_change_sent");
      return c.redirect("/account/email", 303);
    },
  );

  routes.get("/account/email/confirm", guards.required, (c) => confirmPage(c, c.var.user));

  routes.post(
    "/account/email/confirm",
    guards.required,
    form({ email: linkEmailField }, (c) => confirmPage(c, c.var.user, 422)),
    async (c) => {
      const { user } = c.var;
      const found = await findLink(c, user, c.req.valid("form").email);
      const moved = found && await move(c, user, found);
      if (!moved) return dead(c);
      if (!moved.ok && moved.reason === "email_taken") {
        return page(c, user, { refused: "taken" }, 409);
      }
      if (!moved.ok) return dead(c);
      mailedLink.forget(c);
      throttle.setDeviceCookie(c, moved.user);
      c.var.log("user_updated", { reason: "email_changed" });
      await login.flash(c, "email_changed");
      return c.redirect("/profile", 303);
    },
  );

  routes.get("/account/email/:token", (c) => mailedLink.open(c, "/account/email/confirm"));

  /** The account in use at an address; a registration that waits for its link gives way. */
  async function ownerOf(email: string): Promise<User | null> {
    const { user } = await accounts.findCredential(email);
    return user && !isPending(user) ? user : null;
  }

  async function confirmPage(c: Context, user: User, status?: 422): Promise<Response> {
    const found = await findLink(c, user);
    if (!found) return dead(c);
    const { text, features } = c.var;
    return c.render(
      <ConfirmNewEmailPage text={text} features={features} newEmail={found.record.email} />,
      { title: text.email.confirmTitle, status },
    );
  }

  /**
   * The link that this browser opened, if it is this user's.
   *
   * @param email The address in the form that was sent.
   */
  async function findLink(c: Context, user: User, email?: string): Promise<FoundToken | null> {
    const found = await emailTokens.find("change_email", mailedLink.read(c));
    return found?.userId === user.id && isFormOf(found, email) ? found : null;
  }

  /** Moves the account. This session lives on under a new secret; every other one ends. */
  async function move(c: Context, user: User, found: FoundToken): Promise<EmailChangeResult> {
    let result: EmailChangeResult = { ok: false, reason: "dead_link" };
    await login.renew(c, [], async (sessionChange) => {
      result = await emailChanges.confirm(found, user, async (operation, { before, changed }) => {
        addToCommit(operation, await sessionChange(changed));
        await activity.join(operation, c, user.id, "email_changed");
        addWrites(operation, mails.emailChanged(c, before, changed.email));
      });
      return result.ok ? result.user : null;
    });
    return result;
  }

  return routes;
}

function page(
  c: Context,
  user: User,
  props: Pick<EmailPageProps, "problems" | "typed" | "refused">,
  status?: 409 | 422,
) {
  const { text, features } = c.var;
  return c.render(<EmailPage text={text} features={features} user={user} {...props} />, {
    title: text.email.title,
    status,
  });
}

function dead(c: Context): Promise<Response> {
  return deadLink(c, "/account/email");
}
