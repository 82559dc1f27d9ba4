import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Write } from "../kv/write.ts";
import { timingSafeEqual } from "../login/bytes.ts";
import { matchesSplitToken, newSplitToken, parseSplitToken } from "../split_token.ts";
import { type Clock, DAY, HOUR, isDate, MINUTE } from "../time.ts";
import type { User } from "./user.ts";

/** How long a mailed link works, by its purpose, in milliseconds. */
export const tokenLifetimes = {
  verify_email: DAY,
  reset_password: HOUR,
  change_email: DAY,
  log_in: 10 * MINUTE,
  undo: 7 * DAY,
  recover_account: 3 * DAY,
} as const;

/** A link of the operator works after this time, in milliseconds: until then it can be stopped. */
const recoveryDelay = DAY;

/** What a mailed link is for. */
export type Purpose = keyof typeof tokenLifetimes;

/** Purposes of which an account has one link at a time: asking again ends the older one. */
const waitingPurposes: readonly Purpose[] = [
  "verify_email",
  "reset_password",
  "change_email",
  "log_in",
  "recover_account",
];

/** How many links one commit removes: it holds a thousand changes. */
const MAX_REMOVED = 500;

/** The stored record of a mailed link. */
export interface EmailToken {
  readonly v: 1;
  readonly purpose: Purpose;
  /** SHA-256 of purpose and token, base64url. */
  readonly digest: string;
  /** The address that the mail went to. */
  readonly email: string;
  /**
   * SHA-256 of the secret of the browser that asked, base64url. Null for a link that every browser
   * uses in the same way.
   */
  readonly browser: string | null;
  /** Random: with it each link that logs in has a code of its own. */
  readonly codeSalt?: string;
  /** Wrong codes so far, for a link that logs in. */
  readonly wrongCodes?: number;
  /** Whether another browser confirmed it by the right code, for a link that logs in. */
  readonly confirmed?: boolean;
  /**
   * For a link that undoes an added factor: `otp`, `hwk` and the id of the passkey, or `fed` and the
   * issuer of an identity that was linked.
   */
  readonly factor?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What the maker of a link adds to its record. */
type LinkFacts = Pick<EmailToken, "browser" | "codeSalt" | "factor">;

/** The browser that asked for a link. */
export type Asker = Pick<EmailToken, "browser" | "codeSalt">;

/** A link to mail, and the record of it that the same commit writes. */
export interface PreparedToken {
  readonly token: string;
  readonly write: Write;
  readonly worksFrom: Date;
  readonly expiresAt: Date;
}

/** A link that works. */
export interface FoundToken {
  readonly userId: string;
  readonly record: EmailToken;
  /** To check, and to delete, in the commit that uses the link. */
  readonly entry: Deno.KvEntryMaybe<unknown>;
}

/**
 * The tokens of mailed links, kept under `["email_token", userId, purpose]`, or with an id instead
 * of the purpose where several work at once. The store has only their digests. Those of mails to
 * nobody are kept under `NO_USER_ID`: nobody gets them, and there is one for each purpose.
 */
export class EmailTokens {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /** Makes the token of a link. Its record replaces the one of the same purpose. */
  prepare(
    purpose: Purpose,
    user: Pick<User, "id" | "email">,
    facts: LinkFacts = { browser: null },
  ): PreparedToken {
    const id = waitingPurposes.includes(purpose) ? purpose : newId();
    const { token, digest } = newSplitToken(purpose, user.id, id);
    const createdAt = this.#now();
    const expireIn = tokenLifetimes[purpose];
    const expiresAt = new Date(createdAt.getTime() + expireIn);
    const record: EmailToken = {
      v: 1,
      purpose,
      digest,
      email: user.email,
      ...facts,
      createdAt,
      expiresAt,
    };
    return {
      token,
      worksFrom: worksFrom(record),
      expiresAt,
      write: { key: ["email_token", user.id, id], value: record, expireIn },
    };
  }

  /** Finds what a link stands for; null when it does not work, whatever the reason. */
  async find(purpose: Purpose, token: string | undefined): Promise<FoundToken | null> {
    const found = await this.findWaiting(purpose, token);
    return found && worksFrom(found.record) <= this.#now() ? found : null;
  }

  /** As `find`, and also for a link that does not work yet. */
  async findWaiting(purpose: Purpose, token: string | undefined): Promise<FoundToken | null> {
    const parsed = parseSplitToken(token);
    if (!parsed || token === undefined) return null;
    const { userId, id } = parsed;
    const entry = await this.#kv.get(["email_token", userId, id]);
    const record = readEmailToken(entry.value);
    const works = record?.purpose === purpose && record.expiresAt > this.#now() &&
      matchesSplitToken(purpose, token, record.digest);
    return works ? { userId, record, entry } : null;
  }

  /** Finds the link that this browser asked for, without its token; null when none works. */
  async findByBrowser(
    purpose: "log_in",
    userId: string,
    browser: string,
  ): Promise<FoundToken | null> {
    const entry = await this.#kv.get(["email_token", userId, purpose]);
    const record = readEmailToken(entry.value);
    const works = record?.purpose === purpose && record.expiresAt > this.#now() &&
      isAskingBrowser(record, browser);
    return works ? { userId, record, entry } : null;
  }

  /** The browser that asked for the link that a user has already, as its digest. */
  async askerOf(purpose: "verify_email", userId: string): Promise<string | null> {
    const { value } = await this.#kv.get(["email_token", userId, purpose]);
    const record = readEmailToken(value);
    return record && record.expiresAt > this.#now() ? record.browser : null;
  }

  /** Ends a link unused; false when it ended already. */
  async end({ record, entry: { key } }: FoundToken): Promise<boolean> {
    const ended: EmailToken = { ...record, digest: newId() }; // that of no token
    while (true) {
      const entry = await this.#kv.get(key);
      const digest = readEmailToken(entry.value)?.digest;
      if (digest === ended.digest) return true; // the commit's answer was lost
      if (digest !== record.digest) return false;
      const expireIn = Math.max(1, record.expiresAt.getTime() - this.#now().getTime());
      const operation = this.#kv.atomic().check(entry).set(key, ended, { expireIn });
      if ((await operation.commit()).ok) return true;
    }
  }

  /** The links of a user that were mailed and still work. */
  async list(userId: string): Promise<EmailToken[]> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["email_token", userId] }));
    const tokens = entries.map(({ value }) => readEmailToken(value)).filter((it) => it !== null);
    return tokens.filter(({ expiresAt }) => expiresAt > this.#now());
  }

  /** Removes the links of a user in the commit that deletes the account; more than fit stay. */
  async removeAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    const links = this.#kv.list({ prefix: ["email_token", userId] }, { limit: MAX_REMOVED });
    for await (const { key } of links) operation.delete(key);
  }

  /** Deletes the links that the deletion of an account left: too many, or written meanwhile. */
  async deleteAll(userId: string): Promise<void> {
    for await (const { key } of this.#kv.list({ prefix: ["email_token", userId] })) {
      await this.#kv.atomic().delete(key).commit();
    }
  }
}

/** When a link starts to work. */
export function worksFrom({ purpose, createdAt }: EmailToken): Date {
  return purpose === "recover_account" ? new Date(createdAt.getTime() + recoveryDelay) : createdAt;
}

/** Whether this browser asked for the link. */
export function isAskingBrowser(record: EmailToken, browser: string | undefined): boolean {
  return record.browser !== null && browser !== undefined &&
    timingSafeEqual(record.browser, browser);
}

/**
 * The keys of the links that end with a new password, a new address and an undo. Links that undo
 * are not among them: an intruder in the account must not end the owner's.
 */
export function waitingTokenKeys(userId: string): Deno.KvKey[] {
  return waitingPurposes.map((purpose) => ["email_token", userId, purpose]);
}

/** Reads the record of a link; null when it is corrupt. */
export function readEmailToken(value: unknown): EmailToken | null {
  const record = (value ?? {}) as EmailToken;
  const isValid = record.v === 1 && Object.hasOwn(tokenLifetimes, record.purpose) &&
    [record.digest, record.email].every((it) => typeof it === "string") &&
    (record.browser === null || typeof record.browser === "string") &&
    [record.codeSalt, record.factor].every((it) => typeof (it ?? "") === "string") &&
    Number.isInteger(record.wrongCodes ?? 0) &&
    typeof (record.confirmed ?? false) === "boolean" &&
    [record.createdAt, record.expiresAt].every(isDate);
  return isValid ? record : null;
}
