import { createHmac } from "node:crypto";
import { timingSafeEqual } from "../login/bytes.ts";
import { SECOND } from "../time.ts";

const DIGITS = 6;
/** How long one code is shown. */
const STEP = 30 * SECOND;

/** The number of the step that a moment is in (RFC 6238 §4.2). */
export function stepAt(moment: Date): number {
  return Math.floor(moment.getTime() / STEP);
}

/** The code of a step: HMAC-SHA-1, shortened to six digits (RFC 4226 §5.3). */
export function codeOfStep(key: Uint8Array, step: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = createHmac("sha1", key).update(new Uint8Array(counter.buffer)).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/**
 * The step of a code that may be used now; null when it is wrong. The step before the current one
 * is accepted too, because people need time to type (RFC 6238 §5.2). No future step is: a clock that
 * is ahead would give codes to somebody who looks at the screen.
 *
 * @param code Spaces and hyphens are ignored.
 */
export function matchingStep(key: Uint8Array, code: string, now: Date): number | null {
  const typed = code.replaceAll(/[\s-]/g, "");
  const current = stepAt(now);
  const steps = [current, current - 1].filter((step) =>
    timingSafeEqual(codeOfStep(key, step), typed)
  );
  return steps[0] ?? null;
}
