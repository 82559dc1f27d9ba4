import { hmacKey, newId } from "../keys.ts";
import { encodeBase64Url } from "../login/bytes.ts";
import { type Clock, DAY, SECOND } from "../time.ts";
import type { User } from "../account/user.ts";

/** How long a browser stays known after a login, in milliseconds: browsers keep no cookie longer. */
export const deviceCookieLifetime = 400 * DAY;
/** Accounts of one browser, the last first: the cookie has to stay small. */
const MAX_ACCOUNTS = 5;

/**
 * Browsers that somebody logged in with before (OWASP's device cookies). The cookie proves nothing but
 * that: its tries are counted by themselves, so that guessing elsewhere does not lock the owner out. Nothing
 * is stored; an entry is an id, an end and a code that binds both to the user and their epoch. A new
 * password raises the epoch: whoever knew the former one is not known any more.
 */
export class DeviceCookies {
  readonly #now: Clock;
  readonly #secretKeys: readonly Uint8Array<ArrayBuffer>[];
  #keys: Promise<readonly CryptoKey[]> | null = null;

  constructor(secretKeys: readonly Uint8Array<ArrayBuffer>[], now: Clock) {
    this.#secretKeys = secretKeys;
    this.#now = now;
  }

  /** Whether a cookie may make a browser known to anybody. */
  looksValid(cookie: string | undefined): boolean {
    return entriesOf(cookie).length > 0;
  }

  /** The id of the device, if this user logged in with it. */
  async verify(cookie: string | undefined, user: User): Promise<string | null> {
    for (const entry of entriesOf(cookie)) {
      if (await this.#isOf(entry, user)) return entry.split(".")[0] as string;
    }
    return null;
  }

  /** The cookie with which the device is known to this user from now on. */
  async issue(cookie: string | undefined, user: User): Promise<string> {
    const others: string[] = [];
    for (const entry of entriesOf(cookie)) {
      if (!await this.#isOf(entry, user)) others.push(entry);
    }
    const id = await this.verify(cookie, user) ?? newId();
    const end = Math.floor((this.#now().getTime() + deviceCookieLifetime) / SECOND).toString(36);
    const [key] = await this.#allKeys() as [CryptoKey];
    const code = await crypto.subtle.sign("HMAC", key, message(user, id, end));
    const own = `${id}.${end}.${encodeBase64Url(new Uint8Array(code))}`;
    return [own, ...others].slice(0, MAX_ACCOUNTS).join("~");
  }

  async #isOf(entry: string, user: User): Promise<boolean> {
    const [id = "", end = "", code = ""] = entry.split(".");
    if (parseInt(end, 36) * SECOND <= this.#now().getTime()) return false;
    const bytes = Uint8Array.from(
      atob(code.replaceAll("-", "+").replaceAll("_", "/")),
      (char) => char.charCodeAt(0),
    );
    for (const key of await this.#allKeys()) {
      if (await crypto.subtle.verify("HMAC", key, bytes, message(user, id, end))) return true;
    }
    return false;
  }

  #allKeys(): Promise<readonly CryptoKey[]> {
    return this.#keys ??= Promise.all(
      this.#secretKeys.map((secretKey) => hmacKey(secretKey, "known device")),
    );
  }
}

/** What looks like our entries; anything else in the cookie is passed over. */
function entriesOf(cookie: string | undefined): string[] {
  return (cookie ?? "").split("~").slice(0, MAX_ACCOUNTS)
    .filter((entry) => /^[\w-]{22}\.[\da-z]{1,8}\.[\w-]{43}$/.test(entry));
}

function message(user: User, id: string, end: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${id}.${end}.${user.id}.${user.epoch}`);
}
