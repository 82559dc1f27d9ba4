import type { User } from "../account/user.ts";
import { newId } from "../keys.ts";
import { encodeBase64Url, timingSafeEqual } from "../login/bytes.ts";
import type { Keyring } from "../login/keyring.ts";
import { type Clock, DAY, SECOND } from "../time.ts";

/** How long a device cookie is valid, in milliseconds: browsers keep no cookie longer. */
export const deviceCookieLifetime = 400 * DAY;
/** Accounts in one cookie, the latest login first: it has to stay small, and cheap to check. */
const MAX_ACCOUNTS = 5;
/** Stands for the user of an address without an account. No user has this id. */
const noUser = { id: "-".repeat(22), epoch: 0 };

type Owner = Pick<User, "id" | "epoch">;

/**
 * Device cookies (OWASP): they prove that a user logged in with this browser before, and nothing
 * else. Attempts with such a cookie are counted on their own, so guessing elsewhere does not lock
 * the user out.
 *
 * Nothing is stored. A cookie has one entry for each account: `<device id>.<end>.<signature>`. The
 * signature covers the user's epoch, so a new password makes every older cookie invalid: who knows
 * only the former password gets no attempts of their own.
 */
export class DeviceCookies {
  readonly #keyring: Keyring;
  readonly #now: Clock;

  constructor(keyring: Keyring, now: Clock) {
    this.#keyring = keyring;
    this.#now = now;
  }

  /** Whether the cookie has the form of ours; costs nothing, and proves nothing. */
  looksValid(cookie: string | undefined): boolean {
    return entriesOf(cookie).length > 0;
  }

  /**
   * The id of the device when this user logged in with it; null otherwise. Without a user it does
   * the same work, so that the time does not tell which addresses have accounts.
   */
  verify(cookie: string | undefined, user: User | null): string | null {
    const owner = user ?? noUser;
    const ids = entriesOf(cookie).map((entry) => this.#verify(entry, owner));
    return user && (ids.find((id) => id !== null) ?? null);
  }

  /** Makes the cookie for a user who logged in: the device keeps its id and its other accounts. */
  issue(cookie: string | undefined, user: User): string {
    const entries = entriesOf(cookie);
    const ids = entries.map((entry) => this.#verify(entry, user));
    const id = ids.find((id) => id !== null) ?? newId();
    const others = entries.filter((_, i) => ids[i] === null);
    const end = Math.floor((this.#now().getTime() + deviceCookieLifetime) / SECOND).toString(36);
    const [signature] = this.#signatures(id, end, user);
    return [`${id}.${end}.${signature}`, ...others].slice(0, MAX_ACCOUNTS).join("~");
  }

  /** The device id of an entry that is valid for this user. */
  #verify(entry: string, owner: Owner): string | null {
    const [id, end, signature] = entry.split(".") as [string, string, string];
    if (parseInt(end, 36) * SECOND <= this.#now().getTime()) return null;
    const valid = this.#signatures(id, end, owner);
    return valid.some((it) => timingSafeEqual(it, signature)) ? id : null;
  }

  /** One for each key, the newest key first. */
  #signatures(id: string, end: string, owner: Owner): string[] {
    const macs = this.#keyring.macs("device", `${id}.${end}.${owner.id}.${owner.epoch}`);
    return macs.map((mac) => encodeBase64Url(mac.subarray(0, 32)));
  }
}

/** The entries that have our form; anything else in the cookie is ignored. */
function entriesOf(cookie: string | undefined): string[] {
  return (cookie ?? "").split("~").slice(0, MAX_ACCOUNTS)
    .filter((entry) => /^[\w-]{22}\.[\da-z]{1,8}\.[\w-]{43}$/.test(entry));
}
