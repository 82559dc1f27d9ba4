import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import { timingSafeEqual } from "../login/bytes.ts";
import type { Keyring } from "../login/keyring.ts";
import { parseSplitToken } from "../split_token.ts";
import type { Clock } from "../time.ts";
import { writeUser } from "./account_records.ts";
import {
  type Asker,
  type EmailToken,
  type EmailTokens,
  type FoundToken,
  readEmailToken,
} from "./email_token.ts";
import { readLinkUse } from "./link_use.ts";
import type { OwnedRecords } from "./owned_records.ts";
import { isPending, NO_USER_ID, type User } from "./user.ts";

/** Wrong codes for one link; with the last of them it stops to work. */
const MAX_WRONG_CODES = 5;

interface Parts {
  readonly kv: Kv;
  readonly emailTokens: EmailTokens;
  readonly keyring: Keyring;
  readonly ownedRecords: OwnedRecords;
  readonly now: Clock;
}

/** What a code did: `dead` when the link does not work, or not any more. */
export type ConfirmCodeResult = "confirmed" | "wrong" | "dead";

/**
 * Mailed links that log in the browser that asked for them. A person who opens the link in another
 * browser enters the code that the asking browser shows; then the asking browser is logged in. The
 * records are those of `email_token.ts`.
 *
 * The server derives a code, under its key, from the stored digest of the browser's secret and a
 * random salt. A copy of the database gives nobody a code, and each link has a code of its own.
 */
export class LoginLinks {
  readonly #kv: Kv;
  readonly #tokens: EmailTokens;
  readonly #keyring: Keyring;
  readonly #ownedRecords: OwnedRecords;
  readonly #now: Clock;

  constructor({ kv, emailTokens, keyring, ownedRecords, now }: Parts) {
    this.#kv = kv;
    this.#tokens = emailTokens;
    this.#keyring = keyring;
    this.#ownedRecords = ownedRecords;
    this.#now = now;
  }

  /** The code that a browser shows for the link that it asked for: eight digits. */
  codeOf(asker: Asker): string {
    return this.#codesOf(asker)[0] as string; // of the newest key
  }

  /** Finds what a link stands for; null when it does not work, whatever the reason. */
  find(token: string | undefined): Promise<FoundToken | null> {
    return this.#tokens.find("log_in", token);
  }

  /**
   * Finds the link that this browser asked for, once another browser confirmed it; null before.
   *
   * @param user Who the link is for; null where the address has no account.
   * @param browser The digest of its secret.
   */
  async findConfirmed(user: User | null, browser: string): Promise<FoundToken | null> {
    const userId = user?.id ?? NO_USER_ID;
    const found = await this.#tokens.findByBrowser("log_in", userId, browser);
    return found?.record.confirmed ? found : null;
  }

  /** Confirms a link by the code that the asking browser shows. A wrong one is counted. */
  async confirm({ record, entry: { key } }: FoundToken, code: string): Promise<ConfirmCodeResult> {
    while (true) {
      const entry = await this.#kv.get(key);
      const current = readEmailToken(entry.value);
      if (!isSameLink(current, record) || current.expiresAt <= this.#now()) return "dead";

      const isRight = this.#isCodeOf(current, code);
      const wrongCodes = (current.wrongCodes ?? 0) + (isRight ? 0 : 1);
      const isOver = wrongCodes >= MAX_WRONG_CODES;
      const changed = { ...current, wrongCodes, confirmed: isRight || current.confirmed === true };
      const operation = this.#kv.atomic().check(entry);
      if (isOver) operation.delete(key);
      else operation.set(key, changed, { expireIn: this.#timeLeft(current) });
      // Answer only after the commit: of codes that come at once, each wrong one is counted too.
      if ((await operation.commit()).ok) return isOver ? "dead" : isRight ? "confirmed" : "wrong";
    }
  }

  /**
   * Uses a link, once: it proves the address. Null when it does not work any more. If nobody proved
   * the address before, a stranger may have registered it: what they know, have or are opens nothing
   * any more.
   *
   * @param writes Other records of the same commit.
   */
  async use(found: FoundToken, writes: readonly Write[]): Promise<User | null> {
    const linkUse = newId();
    while (true) {
      const use = await readLinkUse(this.#kv, found, { linkUse, now: this.#now() });
      if (!use || !mayUse(use.user, found.record)) return null;
      const { user, entry, token } = use;
      if (use.isDone) return user;

      const used = { ...user, linkUse };
      const changed = user.emailVerified ? used : withoutCredentials(used);
      const operation = this.#kv.atomic().check(entry, token).delete(token.key);
      writeUser(operation, changed, this.#now());
      if (!user.emailVerified) await this.#ownedRecords.removeCredentials(operation, user.id);
      addWrites(operation, writes);
      if ((await operation.commit()).ok) return changed;
    }
  }

  #timeLeft({ expiresAt }: EmailToken): number {
    return Math.max(1, expiresAt.getTime() - this.#now().getTime());
  }

  #isCodeOf(record: EmailToken, code: string): boolean {
    return record.browser !== null && this.#codesOf(record).some((it) => timingSafeEqual(it, code));
  }

  /** One for each key, the newest key first. */
  #codesOf({ browser, codeSalt = "" }: Asker): string[] {
    return this.#keyring.macs("login code", `${browser} ${codeSalt}`).map((mac) => {
      const number = new DataView(mac.buffer, mac.byteOffset).getBigUint64(0);
      return String(number % 100_000_000n).padStart(8, "0");
    });
  }
}

/** Whether this is the token of a link to log in, which may not work any more. */
export function isLoginLink(token: string | undefined): boolean {
  return parseSplitToken(token)?.id === "log_in";
}

/** Whether a link to log in is for this user. */
export function mayUse(user: User, { email }: EmailToken): boolean {
  return mayAsk(user) && user.email === email;
}

/** Whether a user gets links to log in; somebody who is suspended reads by theirs why they are. */
export function mayAsk(user: User): boolean {
  return (user.active || user.suspension !== null) && !isPending(user);
}

/** Their address is proved now; the password stays, but has to be replaced. */
function withoutCredentials(user: User): User {
  return {
    ...user,
    emailVerified: true,
    epoch: user.epoch + 1,
    passwordCompromised: true,
    factors: [],
    identities: [],
    factorChange: user.linkUse,
  };
}

function isSameLink(current: EmailToken | null, { digest }: EmailToken): current is EmailToken {
  return current !== null && current.digest === digest;
}
