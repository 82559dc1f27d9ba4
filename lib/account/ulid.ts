import type { Clock } from "../time.ts";

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
const RANDOM_BYTES = 10;

/**
 * Makes ULIDs (github.com/ulid/spec): 48 bits of time and 80 random ones, as text that sorts by time.
 * Those of one millisecond count up, so that they sort in the order in which they were made.
 */
export class Ulids {
  readonly #now: Clock;
  #time = 0;
  #random = 0n;

  constructor(now: Clock) {
    this.#now = now;
  }

  next(): string {
    const time = this.#now().getTime();
    this.#random = time === this.#time ? this.#random + 1n : randomNumber();
    this.#time = time;
    return encode(BigInt(time), TIME_LENGTH) + encode(this.#random, RANDOM_LENGTH);
  }
}

/** The moment that a ULID was made at, in milliseconds. */
export function timeOfUlid(ulid: string): number {
  const digits = [...ulid.slice(0, TIME_LENGTH)].map((char) => crockford.indexOf(char));
  return digits.reduce((time, digit) => time * 32 + digit, 0);
}

/** Leaves the highest bit free, so that counting up does not run over. */
function randomNumber(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return bytes.reduce((number, byte) => number << 8n | BigInt(byte), 0n) >> 1n;
}

function encode(number: bigint, length: number): string {
  let text = "";
  for (let rest = number; text.length < length; rest >>= 5n) {
    text = crockford[Number(rest & 31n)] + text;
  }
  return text;
}
