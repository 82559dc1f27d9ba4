import type { User } from "../account/user.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import { matchesSplitToken, newSplitToken, parseSplitToken } from "../split_token.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";

/** How long a second factor may be presented after the first one, in milliseconds. */
export const pendingLoginLifetime = 10 * MINUTE;

/** What was proved before, and what is to happen once the second factor is proved. */
export interface FirstProof {
  readonly methods: readonly string[];
  /** The OpenID provider that proved it, as its issuer; null when none did. */
  readonly issuer: string | null;
  readonly remember: boolean;
  readonly next: string | null;
  /** Failures in a row before the first factor was right. */
  readonly failures: number;
  /** Whether the user logged in with this browser before. */
  readonly isKnownDevice: boolean;
}

/** A login whose first factor was proved, and whose second is still to come. It is no session. */
export interface PendingLogin extends FirstProof {
  readonly v: 1;
  readonly userId: string;
  /** SHA-256 of the token, base64url. */
  readonly digest: string;
  /** Another epoch of the user ends it: a new password, for example. */
  readonly epoch: number;
  /** Whether the user was told of a second factor that was wrong. */
  readonly told: boolean;
  /** A random id of the commit that ended it; null while it waits. */
  readonly endedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A pending login that may be completed. */
export interface FoundPendingLogin {
  readonly record: PendingLogin;
  readonly entry: Deno.KvEntryMaybe<unknown>;
}

const kind = "pending_login";

/** Logins that wait for a second factor, kept under `["pending_login", userId, id]`. */
export class PendingLogins {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /** Begins one; returns the token for the browser. The browser's former one ends. */
  async begin(user: User, proof: FirstProof, formerToken: string | undefined): Promise<string> {
    const former = await this.find(formerToken); // a made-up token must not end somebody else's
    const id = newId();
    const { token, digest } = newSplitToken(kind, user.id, id);
    const createdAt = this.#now();
    const expiresAt = new Date(createdAt.getTime() + pendingLoginLifetime);
    const record: PendingLogin = {
      v: 1,
      userId: user.id,
      digest,
      epoch: user.epoch,
      told: false,
      endedBy: null,
      createdAt,
      expiresAt,
      ...proof,
    };
    const operation = this.#kv.atomic()
      .set([kind, user.id, id], record, { expireIn: pendingLoginLifetime });
    if (former) operation.delete(former.entry.key);
    await operation.commit();
    return token;
  }

  /** Finds the one of a token; null when it ended, whatever the reason. */
  async find(token: string | undefined): Promise<FoundPendingLogin | null> {
    const parsed = parseSplitToken(token);
    if (!parsed || token === undefined) return null;
    const entry = await this.#kv.get([kind, parsed.userId, parsed.id]);
    const record = readPendingLogin(entry.value);
    const works = record?.userId === parsed.userId && record.endedBy === null &&
      record.expiresAt > this.#now() &&
      matchesSplitToken(kind, token, record.digest);
    return works ? { record, entry } : null;
  }

  /**
   * Ends one: it is completed, given up, or its factor has to wait. Of several requests at once
   * one ends it; false for the others.
   */
  async end({ entry: { key } }: FoundPendingLogin): Promise<boolean> {
    const endedBy = newId();
    while (true) {
      const entry = await this.#kv.get(key); // it changes when the user is told
      const record = readPendingLogin(entry.value);
      if (record?.endedBy === endedBy) return true; // the commit's answer was lost
      if (!record || record.endedBy !== null) return false;
      const operation = this.#kv.atomic().check(entry)
        .set(key, { ...record, endedBy }, { expireIn: this.#lifetimeOf(record) });
      if ((await operation.commit()).ok) return true;
    }
  }

  /**
   * Notes that the user was told of a wrong second factor, in the commit that writes the mail. It
   * happens once: another request may have done it, or ended the login.
   */
  async noteTold({ entry: { key } }: FoundPendingLogin, mail: readonly Write[]): Promise<void> {
    while (true) {
      const entry = await this.#kv.get(key);
      const record = readPendingLogin(entry.value);
      if (!record || record.told || record.endedBy !== null) return;
      const operation = this.#kv.atomic().check(entry)
        .set(key, { ...record, told: true }, { expireIn: this.#lifetimeOf(record) });
      addWrites(operation, mail);
      if ((await operation.commit()).ok) return;
    }
  }

  /** Ends every one of a user whose first factor a provider proved. */
  async endFrom(userId: string, issuer: string): Promise<void> {
    for await (const { key, value } of this.#kv.list({ prefix: [kind, userId] })) {
      if (readPendingLogin(value)?.issuer === issuer) await this.#kv.atomic().delete(key).commit();
    }
  }

  /** Deletes every one of a user, for an account that is deleted. */
  async deleteAll(userId: string): Promise<void> {
    for await (const { key } of this.#kv.list({ prefix: [kind, userId] })) {
      await this.#kv.atomic().delete(key).commit();
    }
  }

  #lifetimeOf({ expiresAt }: PendingLogin): number {
    return Math.max(1, expiresAt.getTime() - this.#now().getTime());
  }
}

/** Reads a record; null when it is corrupt. */
export function readPendingLogin(value: unknown): PendingLogin | null {
  const record = (value ?? {}) as PendingLogin;
  const isValid = record.v === 1 &&
    [record.userId, record.digest].every((it) => typeof it === "string") &&
    [record.epoch, record.failures].every(Number.isInteger) &&
    [record.remember, record.isKnownDevice, record.told].every((it) => typeof it === "boolean") &&
    [record.endedBy, record.next, record.issuer]
      .every((it) => it === null || typeof it === "string") &&
    Array.isArray(record.methods) && record.methods.every((it) => typeof it === "string") &&
    [record.createdAt, record.expiresAt].every(isDate);
  return isValid ? record : null;
}
