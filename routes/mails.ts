import type { Context } from "hono";
import { maskWholeEmail } from "../lib/account/email_address.ts";
import type { Asker, EmailTokens, Purpose } from "../lib/account/email_token.ts";
import { NO_USER_ID, type User } from "../lib/account/user.ts";
import { addedPasskey, linkedIdentity } from "../lib/credential/added_factor.ts";
import type { ApiToken } from "../lib/credential/api_token_record.ts";
import type { Passkey } from "../lib/credential/passkey_record.ts";
import { anonymizeAddress } from "../lib/http/client_address.ts";
import { readDevice } from "../lib/http/user_agent.ts";
import type { Kv } from "../lib/kv/kv.ts";
import { addWrites, type Write } from "../lib/kv/write.ts";
import type { MailContent } from "../lib/mail/mail.ts";
import type { Outbox } from "../lib/mail/outbox.ts";
import { type Clock, DAY } from "../lib/time.ts";
import { accountDeletedMail } from "../views/mail/account_deleted.tsx";
import { type AdministeredAct, administeredMail } from "../views/mail/administered.tsx";
import { alreadyRegisteredMail } from "../views/mail/already_registered.tsx";
import { apiTokenCreatedMail } from "../views/mail/api_token_created.tsx";
import { apiTokenEndsMail } from "../views/mail/api_token_ends.tsx";
import { changeEmailMail } from "../views/mail/change_email.tsx";
import { emailChangedMail } from "../views/mail/email_changed.tsx";
import { greetingName } from "../views/mail/greeting_name.ts";
import { identityLinkedMail } from "../views/mail/identity_linked.tsx";
import { identityUnlinkedMail } from "../views/mail/identity_unlinked.tsx";
import { loginAfterFailuresMail } from "../views/mail/login_after_failures.tsx";
import { loginLinkMail } from "../views/mail/login_link.tsx";
import { newBrowserMail } from "../views/mail/new_browser.tsx";
import { passkeyAddedMail } from "../views/mail/passkey_added.tsx";
import { passkeyRemovedMail } from "../views/mail/passkey_removed.tsx";
import { passwordChangedMail } from "../views/mail/password_changed.tsx";
import { recoveryCodesReplacedMail } from "../views/mail/recovery_codes_replaced.tsx";
import { rememberReusedMail } from "../views/mail/remember_reused.tsx";
import { resetPasswordMail } from "../views/mail/reset_password.tsx";
import { recoveryCodeUsedMail } from "../views/mail/recovery_code_used.tsx";
import { secondFactorFailedMail } from "../views/mail/second_factor_failed.tsx";
import { totpDisabledMail } from "../views/mail/totp_disabled.tsx";
import { secondFactorAddedMail } from "../views/mail/second_factor_added.tsx";
import { secondFactorRemovedMail } from "../views/mail/second_factor_removed.tsx";
import { verifyEmailMail } from "../views/mail/verify_email.tsx";
import type { Text } from "../views/text/en.ts";
import { languages } from "../views/text/languages.ts";
import type { Deleter } from "./account_deletion.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The mails that this request may have committed: they are sent after its answer. */
    preparedMails?: readonly string[];
  }
}

/** The pages that mailed links lead to. */
const paths: Record<Purpose, string> = {
  verify_email: "/verify-email",
  reset_password: "/password-reset",
  change_email: "/account/email",
  log_in: "/login/link",
  undo: "/undo",
  recover_account: "/recover-account",
};

/** Longer than the outbox tries to send a mail: one without a link does not become useless. */
const noticeLifetime = 2 * DAY;

type Person = Pick<User, "id" | "email" | "name" | "lang" | "emailVerified">;

/** A mail with a link. */
interface LinkMail {
  /** The browser in which the link alone is enough; without it, the same in every browser. */
  readonly asker?: Asker;
  /** What was added and its link removes, as the record of the link names it. */
  readonly factor?: string;
  readonly render: (text: Text, props: { readonly url: string }) => MailContent;
}

interface MailsParts {
  readonly kv: Kv;
  readonly outbox: Outbox;
  readonly tokens: EmailTokens;
  readonly origin: string;
  readonly now: Clock;
}

/**
 * Writes mails in a person's language. Each method gives the records that the commit of its cause
 * writes: the mail, and the token of its link. Without a user they are made all the same, for
 * nobody: the answer must not tell, by its time either, whether an address has an account.
 */
export class Mails {
  readonly #kv: Kv;
  readonly #outbox: Outbox;
  readonly #tokens: EmailTokens;
  readonly #origin: string;
  readonly #now: Clock;

  constructor({ kv, outbox, tokens, origin, now }: MailsParts) {
    this.#kv = kv;
    this.#outbox = outbox;
    this.#tokens = tokens;
    this.#origin = origin;
    this.#now = now;
  }

  /** Commits mails that have no other cause than that somebody asked for them. */
  async commit(writes: readonly Write[]): Promise<void> {
    const operation = this.#kv.atomic();
    addWrites(operation, writes);
    await operation.commit();
  }

  /** @param browser The digest of the browser in which the link alone is enough. */
  verifyEmail(c: Context, user: Person | null, browser: string | null): readonly Write[] {
    return this.#link(c, "verify_email", user, { asker: { browser }, render: verifyEmailMail });
  }

  resetPassword(c: Context, user: Person | null): readonly Write[] {
    return this.#link(c, "reset_password", user, {
      render: (text, { url }) => resetPasswordMail(text, { url, reason: null }),
    });
  }

  /** @param reason Why an administrator mails the link. */
  resetPasswordFor(c: Context, user: Person, reason: string): readonly Write[] {
    return this.#link(c, "reset_password", user, {
      render: (text, { url }) => resetPasswordMail(text, { url, reason }),
    });
  }

  logIn(c: Context, user: Person | null, asker: Asker): readonly Write[] {
    return this.#link(c, "log_in", user, { asker, render: loginLinkMail });
  }

  /**
   * Goes to the new address. When it has an account, its owner is told instead. A link is written
   * all the same, which nobody gets: it ends the user's former link, as for a free address.
   */
  changeEmail(
    c: Context,
    user: Person | null,
    { newEmail, owner }: { readonly newEmail: string; readonly owner: Person | null },
  ): readonly Write[] {
    const atNewAddress = user && { ...user, email: newEmail, emailVerified: false };
    if (!atNewAddress || !owner) {
      return this.#link(c, "change_email", atNewAddress, { render: changeEmailMail });
    }
    const { write } = this.#tokens.prepare("change_email", atNewAddress);
    return [write, ...this.alreadyRegistered(c, owner)];
  }

  /** To somebody who has an account, when somebody else enters their address. */
  alreadyRegistered(c: Context, owner: Person | null): readonly Write[] {
    const content = alreadyRegisteredMail(textFor(c, owner), {
      loginUrl: `${this.#origin}/login`,
      resetUrl: `${this.#origin}/password-reset`,
    });
    return [this.#post(c, owner, { content })];
  }

  newBrowser(c: Context, user: Person): readonly Write[] {
    return this.#notice(
      c,
      user,
      (text, undoUrl) =>
        newBrowserMail(text, { ...this.#browser(c, text), name: user.name, undoUrl }),
    );
  }

  loginAfterFailures(c: Context, user: Person, failures: number): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      const { name } = user;
      return loginAfterFailuresMail(text, { ...this.#browser(c, text), name, failures, undoUrl });
    });
  }

  rememberReused(c: Context, user: Person): readonly Write[] {
    return this.#notice(
      c,
      user,
      (text, undoUrl) =>
        rememberReusedMail(text, { ...this.#browser(c, text), name: user.name, undoUrl }),
    );
  }

  passwordChanged(c: Context, user: Person): readonly Write[] {
    return this.#notice(
      c,
      user,
      (text, undoUrl) => passwordChangedMail(text, { name: user.name, time: this.#now(), undoUrl }),
    );
  }

  secondFactorFailed(c: Context, user: Person): readonly Write[] {
    return this.#notice(
      c,
      user,
      (text, undoUrl) =>
        secondFactorFailedMail(text, { ...this.#browser(c, text), name: user.name, undoUrl }),
    );
  }

  /** @param left How many codes still work. */
  recoveryCodeUsed(c: Context, user: Person, left: number): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      const { name } = user;
      return recoveryCodeUsedMail(text, { ...this.#browser(c, text), name, left, undoUrl });
    });
  }

  totpDisabled(c: Context, user: Person): readonly Write[] {
    return this.#notice(
      c,
      user,
      (text, undoUrl) =>
        totpDisabledMail(text, { ...this.#browser(c, text), name: user.name, undoUrl }),
    );
  }

  /**
   * Its link removes the app.
   *
   * @param nameOf What the factor is called in a language.
   */
  secondFactorAdded(c: Context, user: Person, nameOf: (text: Text) => string): readonly Write[] {
    return this.#undoable(c, user, {
      factor: "otp",
      render: (text, { url }) => {
        const { name } = user;
        const facts = { factor: nameOf(text), time: this.#now(), undoUrl: url };
        return secondFactorAddedMail(text, { name, ...facts });
      },
    });
  }

  /** @param nameOf What the factor is called in a language. */
  secondFactorRemoved(c: Context, user: Person, nameOf: (text: Text) => string): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      const { name } = user;
      const factor = nameOf(text);
      return secondFactorRemovedMail(text, { name, factor, time: this.#now(), undoUrl });
    });
  }

  recoveryCodesReplaced(c: Context, user: Person): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      return recoveryCodesReplacedMail(text, { name: user.name, time: this.#now(), undoUrl });
    });
  }

  /** Its link removes the passkey. */
  passkeyAdded(c: Context, user: Person, passkey: Pick<Passkey, "id" | "name">): readonly Write[] {
    return this.#undoable(c, user, {
      factor: addedPasskey(passkey.id),
      render: (text, { url }) => {
        const facts = { passkey: passkey.name, time: this.#now(), undoUrl: url };
        return passkeyAddedMail(text, { name: user.name, ...facts });
      },
    });
  }

  passkeyRemoved(c: Context, user: Person, passkey: Pick<Passkey, "name">): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      const facts = { passkey: passkey.name, time: this.#now(), undoUrl };
      return passkeyRemovedMail(text, { name: user.name, ...facts });
    });
  }

  /**
   * Its link unlinks the identity.
   *
   * @param provider What people call it.
   */
  identityLinked(
    c: Context,
    user: Person,
    { issuer, provider }: { readonly issuer: string; readonly provider: string },
  ): readonly Write[] {
    return this.#undoable(c, user, {
      factor: linkedIdentity(issuer),
      render: (text, { url }) => {
        const facts = { provider, time: this.#now(), undoUrl: url };
        return identityLinkedMail(text, { name: user.name, ...facts });
      },
    });
  }

  /** @param provider What people call it. */
  identityUnlinked(c: Context, user: Person, provider: string): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      const facts = { provider, time: this.#now(), undoUrl };
      return identityUnlinkedMail(text, { name: user.name, ...facts });
    });
  }

  apiTokenCreated(c: Context, user: Person, token: ApiToken): readonly Write[] {
    return this.#notice(c, user, (text, undoUrl) => {
      const facts = { token: token.name, end: token.expiresAt, time: this.#now(), undoUrl };
      return apiTokenCreatedMail(text, { name: user.name, ...facts });
    });
  }

  /** No request causes it: the sweep sends it. */
  apiTokenEnds(user: Person, token: ApiToken): readonly Write[] {
    if (!user.emailVerified) return [];
    const { name, expiresAt: end } = token;
    const content = apiTokenEndsMail(textOf(user), { name: user.name, token: name, end });
    return [this.#post(null, user, { content })];
  }

  /** Goes to the old address. */
  emailChanged(c: Context, before: Person, newEmail: string): readonly Write[] {
    return this.#notice(c, before, (text, undoUrl) => {
      const { name } = before;
      const time = this.#now();
      return emailChangedMail(text, { name, newEmail: maskWholeEmail(newEmail), time, undoUrl });
    });
  }

  /** Tells what an administrator did, and why. */
  administered(
    c: Context,
    user: Person,
    act: AdministeredAct,
    reason: string,
  ): readonly Write[] {
    if (!user.emailVerified) return [];
    const props = { name: user.name, act, reason, time: this.#now() };
    return [this.#post(c, user, { content: administeredMail(textFor(c, user), props) })];
  }

  accountDeleted(c: Context, user: Person, deleter: Deleter): readonly Write[] {
    if (deleter.actor !== "owner") return this.administered(c, user, "deleted", deleter.reason);
    if (!user.emailVerified) return [];
    const content = accountDeletedMail(textFor(c, user), { name: user.name, time: this.#now() });
    return [this.#post(c, user, { content })];
  }

  /** A link to nobody is recorded too; the next one for its purpose replaces the record. */
  #link(
    c: Context,
    purpose: Purpose,
    user: Person | null,
    { asker, factor, render }: LinkMail,
  ): readonly Write[] {
    const holder = user ?? { id: NO_USER_ID, email: "nobody@example.com" };
    const { token, write, expiresAt } = this.#tokens.prepare(purpose, holder, {
      ...asker ?? { browser: null },
      ...factor ? { factor } : {},
    });
    const url = `${this.#origin}${paths[purpose]}/${token}`;
    return [write, this.#post(c, user, { content: render(textFor(c, user), { url }), expiresAt })];
  }

  /** Only a verified address is told what happens in an account. */
  #notice(
    c: Context,
    user: Person,
    render: (text: Text, undoUrl: string) => MailContent,
  ): readonly Write[] {
    return this.#undoable(c, user, { render: (text, { url }) => render(text, url) });
  }

  #undoable(c: Context, user: Person, mail: LinkMail): readonly Write[] {
    return user.emailVerified ? this.#link(c, "undo", user, mail) : [];
  }

  #post(
    c: Context | null,
    user: Person | null,
    { content, expiresAt = this.#endOfNotice() }: { content: MailContent; expiresAt?: Date },
  ): Write {
    const to = user && { name: addresseeName(user), address: user.email };
    const { id, write } = this.#outbox.prepare({ to, ...content }, expiresAt);
    c?.set("preparedMails", [...c.get("preparedMails") ?? [], id]);
    return write;
  }

  #browser(c: Context, text: Text) {
    const { browser, system } = readDevice(c.req.header("user-agent") ?? "");
    return {
      device: text.sessions.device(browser, system),
      network: anonymizeAddress(c.var.address),
      time: this.#now(),
    };
  }

  #endOfNotice(): Date {
    return new Date(this.#now().getTime() + noticeLifetime);
  }
}

/** A stranger may have chosen the name that belongs to an unverified address. */
function addresseeName({ name, emailVerified }: Person): string {
  return emailVerified ? greetingName(name) ?? "" : "";
}

/** In the language of the person; of the page, in a mail to nobody. */
function textFor(c: Context, user: Person | null): Text {
  return user ? textOf(user) : c.var.text;
}

function textOf({ lang }: Person): Text {
  return languages.find((text) => text.lang === lang) ?? languages[0];
}
