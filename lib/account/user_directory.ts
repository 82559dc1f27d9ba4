import type { Kv } from "../kv/kv.ts";
import { foldName, nameKey, timeKey } from "./user_index.ts";
import { readUser, type User } from "./user.ts";

export interface UsersPage {
  readonly users: readonly User[];
  /** Where the next page begins; null on the last one. */
  readonly after: string | null;
}

/** Before the id of the last user in the list of names, where a search goes on there. */
const inNames = "~";

/** The highest character: a range ends behind every text that begins with a prefix. */
const LAST_CHARACTER = "\u{10ffff}";

/**
 * Finds users for administrators, page by page, by the lists of `account_records.ts`. A page costs
 * as many keys as it shows, however many users there are.
 */
export class UserDirectory {
  readonly #kv: Kv;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  /** All users, the newest first. */
  async newest(limit: number, after?: string): Promise<UsersPage> {
    const last = await this.#find(after);
    const ids = await this.#idsIn(["user_by_time"], last && timeKey(last), limit + 1);
    return await this.#pageOf(ids, limit);
  }

  /**
   * Users whose address or name begins with a text: first by address, then by name. A page may show
   * fewer than there are, because those in both lists were shown before.
   */
  async search(text: string, limit: number, after = ""): Promise<UsersPage> {
    const address = text.toLowerCase();
    const [list, lastId] = after.startsWith(inNames) ? ["name", after.slice(1)] : ["email", after];
    const last = await this.#find(lastId || undefined);
    const byAddress = list === "email"
      ? await this.#idsIn(["user_by_email", address], last && emailKey(last), limit + 1)
      : [];
    if (byAddress.length > limit) return await this.#pageOf(byAddress, limit);

    const room = limit - byAddress.length;
    const lastName = list === "name" && last ? nameKey(last) : null;
    const byName = await this.#idsIn(["user_by_name", foldName(text)], lastName, room + 1);
    const scanned = byName.slice(0, room);
    const named = (await this.#usersOf(scanned)).filter(({ email }) => !email.startsWith(address));
    return {
      users: [...await this.#usersOf(byAddress), ...named],
      after: byName.length > room ? inNames + (scanned.at(-1) ?? "") : null,
    };
  }

  /** The ids in a list behind a key, whose last part in `prefix` may be the beginning of a text. */
  async #idsIn(
    prefix: readonly string[],
    after: readonly string[] | null,
    limit: number,
  ): Promise<string[]> {
    const end = prefix.length === 1
      ? [...prefix, LAST_CHARACTER]
      : [...prefix.slice(0, -1), prefix.at(-1) + LAST_CHARACTER];
    const start = after ? [...after, ""] : [...prefix];
    const entries = this.#kv.list<string>({ start, end }, { limit, batchSize: limit });
    return (await Array.fromAsync(entries)).map(({ value }) => value);
  }

  async #pageOf(ids: readonly string[], limit: number): Promise<UsersPage> {
    return pageOf(await this.#usersOf(ids), limit);
  }

  /** A list may lead to a user who ended a moment ago. */
  async #usersOf(ids: readonly string[]): Promise<User[]> {
    const users = await Promise.all(ids.map((id) => this.#find(id)));
    return users.filter((user) => user !== null);
  }

  async #find(id: string | undefined): Promise<User | null> {
    if (id === undefined) return null;
    return readUser((await this.#kv.get(["user", id])).value, id);
  }
}

function emailKey({ email }: User): string[] {
  return ["user_by_email", email];
}

function pageOf(users: readonly User[], limit: number): UsersPage {
  const shown = users.slice(0, limit);
  return { users: shown, after: users.length > limit ? shown.at(-1)?.id ?? null : null };
}
