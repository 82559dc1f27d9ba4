import { writeUser } from "../account/account_records.ts";
import type { Accounts } from "../account/accounts.ts";
import { readUser, type User } from "../account/user.ts";
import type { Kv } from "../kv/kv.ts";
import type { Seal } from "../seal.ts";
import { digestOf, matchesSplitToken } from "../split_token.ts";
import { type Clock, DAY, HOUR } from "../time.ts";
import {
  type ApiToken,
  type ApiTokenRecord,
  epochOf,
  isAlive,
  MAX_API_TOKENS,
  readApiToken,
  reminderKey,
  type Scope,
  tokenKey,
  type TokenReminder,
} from "./api_token_record.ts";
import { newTokenText, parseTokenText } from "./api_token_text.ts";
import { ShownOnce } from "./shown_once.ts";

const kind = "api_token";
/** The last use is written at most this often, in milliseconds: most requests write no record. */
const useInterval = HOUR;

export interface NewApiToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** How long it works. */
  readonly days: number;
}

export type CreateTokenResult =
  | { readonly ok: true; readonly token: ApiToken }
  /** `ended`: the login of its user is over, or their account is. */
  | { readonly ok: false; readonly reason: "too_many" | "ended" };

/** Why a token proves nobody. Only somebody who knows its secret learns that it ended. */
export type TokenRefusal = "malformed" | "checksum" | "unknown" | "expired" | "ended";

export type AuthenticateTokenResult =
  | { readonly ok: true; readonly user: User; readonly token: ApiToken }
  | { readonly ok: false; readonly reason: TokenRefusal };

/** Adds the event and the mail about a token to the commit that makes or revokes it. */
export type JoinToken = (operation: Deno.AtomicOperation, token: ApiToken) => Promise<void>;

interface ApiTokensParts {
  readonly kv: Kv;
  readonly accounts: Pick<Accounts, "find">;
  readonly seal: Seal;
  readonly now: Clock;
}

/**
 * Tokens by which programs of a user use the API, kept under `["api_token", userId, id]`. A new one
 * waits under `["new_api_token", userId]` until its page shows it. The mail about its end waits
 * under `["api_token_end", at, userId, id]` (see `api_token_reminders.ts`).
 */
export class ApiTokens {
  readonly #kv: Kv;
  readonly #accounts: Pick<Accounts, "find">;
  readonly #now: Clock;
  readonly #newToken: ShownOnce;

  constructor({ kv, accounts, seal, now }: ApiTokensParts) {
    this.#kv = kv;
    this.#accounts = accounts;
    this.#now = now;
    this.#newToken = new ShownOnce("new_api_token", { kv, seal, now });
  }

  /** Makes a token, which `takeNew` gives once. The tokens of the user that ended are deleted. */
  async create(user: User, made: NewApiToken, join: JoinToken): Promise<CreateTokenResult> {
    const { name, scopes, days } = made;
    const { id, text } = newTokenText(user.id);
    const createdAt = this.#now();
    const expiresAt = new Date(createdAt.getTime() + days * DAY);
    const digest = digestOf(kind, text);
    const epoch = epochOf(user);
    const terms = { name, scopes, createdAt, expiresAt, lastUsedAt: null };
    const token: ApiToken = { id, ...terms };
    while (true) {
      const [entry, stored] = await Promise.all([
        this.#kv.get(["user", user.id]),
        this.#kv.get(tokenKey(user.id, id)),
      ]);
      if (stored.versionstamp !== null) return { ok: true, token }; // the commit's answer was lost
      const current = readUser(entry.value, user.id);
      if (!current?.active || current.epoch !== user.epoch) return { ok: false, reason: "ended" };

      const others = await this.#list(user.id);
      const ended = others.filter(({ record }) => !isAlive(record, current, this.#now()));
      if (others.length - ended.length >= MAX_API_TOKENS) return { ok: false, reason: "too_many" };
      const operation = this.#kv.atomic().check(entry);
      // The user is written as it was: of two tokens at once the second commit counts the first.
      writeUser(operation, current, this.#now());
      for (const it of ended) this.#remove(operation, user.id, it);
      this.#write(operation, user.id, id, { v: 1, ...terms, digest, epoch });
      this.#newToken.put(operation, user.id, text);
      await join(operation, token);
      if ((await operation.commit()).ok) return { ok: true, token };
    }
  }

  /** The new token, for the one page that shows it; null when it was shown or there is none. */
  takeNew(userId: string): Promise<string | null> {
    return this.#newToken.take(userId);
  }

  /** The tokens of a user that work, the newest first. */
  async list(user: User): Promise<ApiToken[]> {
    return (await this.#list(user.id))
      .filter(({ record }) => isAlive(record, user, this.#now()))
      .map(({ id, record }) => tokenOf(id, record))
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  /** Ends a token at once; null when the user has no such token. */
  async revoke(userId: string, id: string, join: JoinToken): Promise<ApiToken | null> {
    let revoked: ApiToken | null = null;
    while (true) {
      const entry = await this.#kv.get(tokenKey(userId, id));
      const record = readApiToken(entry.value);
      // After a conflict it was this commit, whose answer was lost, or another one with the same end.
      if (!record) return revoked;
      revoked = tokenOf(id, record);
      const operation = this.#kv.atomic().check(entry);
      this.#remove(operation, userId, { id, record });
      await join(operation, revoked);
      if ((await operation.commit()).ok) return revoked;
    }
  }

  /** Finds whose token this is. One with a typing error costs no read, and no token a hash. */
  async authenticate(text: string): Promise<AuthenticateTokenResult> {
    const parsed = parseTokenText(text);
    if (!parsed.ok) return parsed;
    const { userId, id } = parsed;
    const [entry, user] = await Promise.all([
      this.#kv.get(tokenKey(userId, id)),
      this.#accounts.find(userId),
    ]);
    const record = readApiToken(entry.value);
    if (!record || !user || !matchesSplitToken(kind, text, record.digest)) {
      return { ok: false, reason: "unknown" };
    }
    if (record.expiresAt <= this.#now()) return { ok: false, reason: "expired" };
    if (!isAlive(record, user, this.#now())) return { ok: false, reason: "ended" };
    // Pages can be read while nothing can be written: the time of the last use is no security.
    await this.#noteUse(entry, record).catch(() => {});
    return { ok: true, user, token: tokenOf(id, record) };
  }

  /** Removes every token of a user, in the commit that deletes the account. */
  async removeAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    for (const it of await this.#list(userId)) this.#remove(operation, userId, it);
    this.#newToken.remove(operation, userId);
  }

  async #noteUse(entry: Deno.KvEntryMaybe<unknown>, record: ApiTokenRecord): Promise<void> {
    const now = this.#now();
    const { lastUsedAt, expiresAt } = record;
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < useInterval) return;
    const used: ApiTokenRecord = { ...record, lastUsedAt: now };
    const expireIn = expiresAt.getTime() - now.getTime();
    // On a conflict another request wrote the same, or the token was revoked and stays it.
    await this.#kv.atomic().check(entry).set(entry.key, used, { expireIn }).commit();
  }

  #write(operation: Deno.AtomicOperation, userId: string, id: string, record: ApiTokenRecord) {
    const { expiresAt } = record;
    const expireIn = expiresAt.getTime() - record.createdAt.getTime();
    operation.set(tokenKey(userId, id), record, { expireIn });
    const reminder: TokenReminder = { v: 1, expiresAt };
    const key = reminderKey(userId, id, record);
    if (key) operation.set(key, reminder, { expireIn });
  }

  #remove(operation: Deno.AtomicOperation, userId: string, { id, record }: StoredToken): void {
    operation.delete(tokenKey(userId, id));
    const key = reminderKey(userId, id, record);
    if (key) operation.delete(key);
  }

  async #list(userId: string): Promise<StoredToken[]> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: [kind, userId] }));
    return entries.flatMap(({ key, value }) => {
      const record = readApiToken(value);
      return record ? [{ id: String(key[2]), record }] : [];
    });
  }
}

interface StoredToken {
  readonly id: string;
  readonly record: ApiTokenRecord;
}

/** What its user may see of a token. */
export function tokenOf(id: string, record: ApiTokenRecord): ApiToken {
  const { name, scopes, createdAt, expiresAt, lastUsedAt } = record;
  return { id, name, scopes, createdAt, expiresAt, lastUsedAt };
}
