/**
 * Lets somebody who lost every second factor come back: `deno task users:recover ADDRESS`. They get
 * a link by mail that works after a day, replaces the password, and removes the factors and the
 * accounts at providers: a thief's must not stay.
 */
import { canonicalEmail } from "../../lib/account/email_address.ts";
import { EmailTokens } from "../../lib/account/email_token.ts";
import { Events } from "../../lib/account/events.ts";
import { isPending, type User } from "../../lib/account/user.ts";
import {
  accountsWithoutHashing,
  needsSettings,
  onDatabase,
  print,
  printError,
  readSettings,
  usageError,
} from "../../lib/cli/command.ts";
import type { Kv } from "../../lib/kv/kv.ts";
import { addWrites } from "../../lib/kv/write.ts";
import type { MailConfig } from "../../lib/mail/mail_config.ts";
import { Outbox } from "../../lib/mail/outbox.ts";
import { Keyring } from "../../lib/login/keyring.ts";
import { Seal } from "../../lib/seal.ts";
import type { Clock } from "../../lib/time.ts";
import { recoverAccountMail } from "../../views/mail/recover_account.tsx";
import { languages } from "../../views/text/languages.ts";

const messages = {
  prepared:
    "gets a mail. Its link works after 24 hours, for two days: it replaces the password, and removes the second factors and the accounts at providers. They can stop it until then",
  unknown: "has no account",
  unconfirmed: "has an account that nobody confirmed yet",
  suspended: "is suspended",
  no_factor: "has no second factor: they can reset the password by themselves",
};

const noMail =
  "Mail is off, so nobody could be told and no link sent: set MAIL_FROM, and SMTP_URL or " +
  "MAIL_API_URL and MAIL_API_KEY.";

type RecoverResult = keyof typeof messages;

interface RecoveryParts {
  readonly kv: Kv;
  readonly now: Clock;
  readonly origin: string;
  readonly secretKeys: readonly Uint8Array<ArrayBuffer>[];
  readonly mail: MailConfig;
  readonly eventsFor: number;
}

/** Writes the mail and the token of its link in one commit; the app sends the mail. */
export async function recoverUser(parts: RecoveryParts, address: string): Promise<RecoverResult> {
  const { kv, now } = parts;
  const email = canonicalEmail(address) ?? "";
  const { user } = await accountsWithoutHashing(kv, now).findCredential(email);
  const refusal = refusalOf(user);
  if (refusal || !user) return refusal ?? "unknown";
  await commitMail(parts, user);
  return "prepared";
}

function refusalOf(user: User | null): Exclude<RecoverResult, "prepared"> | null {
  if (!user) return "unknown";
  if (isPending(user)) return "unconfirmed";
  if (!user.active) return "suspended";
  return user.factors.length === 0 ? "no_factor" : null;
}

async function commitMail(
  { kv, now, origin, secretKeys, mail, eventsFor }: RecoveryParts,
  user: User,
) {
  const tokens = new EmailTokens(kv, now);
  const { token, write, worksFrom, expiresAt } = tokens.prepare("recover_account", user);
  const text = languages.find(({ lang }) => lang === user.lang) ?? languages[0];
  const url = `${origin}/recover-account/${token}`;
  const content = recoverAccountMail(text, { url, worksFrom });
  const outbox = new Outbox({
    kv,
    now,
    seal: new Seal(secretKeys),
    send: () => Promise.reject(new Error("The app sends it")),
    log: () => {},
    host: mail.from.address.replace(/^.*@/, ""),
  });
  const to = { name: "", address: user.email };
  const operation = kv.atomic();
  const events = new Events(kv, new Keyring(secretKeys), now, eventsFor);
  addWrites(operation, [
    write,
    outbox.prepare({ to, ...content }, expiresAt).write,
    ...await events.records(user.id, { kind: "recovery_started", by: "command" }),
  ]);
  await operation.commit();
}

/** Returns the exit code: 1 when the account cannot be recovered, 2 when it cannot start. */
async function main([address = "", ...rest]: readonly string[], now: Clock): Promise<number> {
  if (!canonicalEmail(address) || rest.length > 0) return usageError("users:recover ADDRESS");
  const settings = await readSettings();
  if (!settings) {
    printError(needsSettings);
    return 2;
  }
  const { mail, origin, secretKeys, eventsFor } = settings;
  if (!mail) {
    printError(noMail);
    return 2;
  }
  return await onDatabase("stop", async (kv) => {
    const result = await recoverUser({ kv, now, origin, secretKeys, mail, eventsFor }, address);
    print(`${address}: ${messages[result]}`);
    if (result === "prepared") print("The app sends the mail within a minute.");
    return result === "prepared" ? 0 : 1;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
