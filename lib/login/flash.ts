import { decodeBase64Url, encodeBase64Url, utf8 } from "./bytes.ts";
import type { Cookies } from "./cookies.ts";
import type { Keyring } from "./keyring.ts";

/** A message that the next page shows once. */
export interface Flash {
  /** What kind of message it is, for its looks. */
  readonly category: string;
  /** The message, or a word that your views turn into one. */
  readonly text: string;
  /** Whether a login makes it pointless: "Please log in" is not shown to somebody who did. */
  readonly untilLogin?: boolean;
}

/** A cookie holds 4,096 bytes; messages beyond this many give way to newer ones. */
const MAX_FLASH_BYTES = 2600;

/** The messages of one browser, kept in a cookie: signed, so nobody puts words in our mouth. */
export class Flashes {
  readonly #cookies: Cookies;
  readonly #keyring: Keyring;
  #waiting: readonly Flash[] | null = null;
  #shown: readonly Flash[] | null = null;

  constructor(cookies: Cookies, keyring: Keyring) {
    this.#cookies = cookies;
    this.#keyring = keyring;
  }

  /**
   * Keeps a message for the next page, unless the very same one is waiting already.
   *
   * @throws {RangeError} When it is too long for a cookie.
   */
  add(flash: Flash): void {
    const bytes = utf8(JSON.stringify([flash])).length;
    if (bytes > MAX_FLASH_BYTES) {
      throw new RangeError(
        `Cannot keep a message: ${bytes} bytes are more than ${MAX_FLASH_BYTES}`,
      );
    }
    this.#change((flashes) => [
      ...flashes.filter((it) => it.text !== flash.text || it.category !== flash.category),
      flash,
    ]);
  }

  /** The messages to show now; asking again in the same request gives the same ones. */
  take(): readonly Flash[] {
    if (this.#shown) return this.#shown;
    const shown = this.#read();
    this.#change(() => []);
    return this.#shown = shown;
  }

  /** Drops what a login makes pointless. */
  dropAtLogin(): void {
    this.#change((flashes) => flashes.filter((it) => !it.untilLogin));
  }

  /** Sets or deletes the cookie, if the messages changed. */
  write(): void {
    const flashes = this.#waiting;
    if (!flashes) return;
    if (flashes.length === 0) return this.#cookies.delete("flash");

    const value = format(flashes, this.#keyring);
    if (value !== this.#cookies.get("flash")) this.#cookies.set("flash", value);
  }

  #change(change: (flashes: readonly Flash[]) => readonly Flash[]): void {
    this.#waiting = change(this.#read());
  }

  #read(): readonly Flash[] {
    return this.#waiting ??= parse(this.#cookies.get("flash"), this.#keyring);
  }
}

function format(flashes: readonly Flash[], keyring: Keyring): string {
  let kept = flashes;
  while (utf8(JSON.stringify(kept)).length > MAX_FLASH_BYTES) kept = kept.slice(1);
  return keyring.sign("flash", encodeBase64Url(utf8(JSON.stringify(kept))));
}

function parse(value: string | null | undefined, keyring: Keyring): readonly Flash[] {
  const signed = value ? keyring.verify("flash", value) : null;
  const bytes = signed === null ? null : decodeBase64Url(signed);
  return bytes ? JSON.parse(new TextDecoder().decode(bytes)) : [];
}
