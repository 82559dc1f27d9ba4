import { utf8 } from "../login/bytes.ts";
import { normalizePassword } from "./password_policy.ts";

/** A list of passwords that attackers know. */
export interface Blocklist {
  has(password: string): Promise<boolean>;
}

/** How many bits of the filter a password sets. */
export const bitsPerPassword = 20;

/** The form in which passwords are compared: without case, because attackers try every case. */
export function canonicalPassword(password: string): string {
  return normalizePassword(password).toLowerCase();
}

/**
 * The bits that a password sets in a filter of this size. Two hashes give all of them (Kirsch and
 * Mitzenmacher, "Less Hashing, Same Performance").
 */
export async function bitsOf(password: string, filterBits: number): Promise<number[]> {
  const digest = await crypto.subtle.digest("SHA-256", utf8(canonicalPassword(password)));
  const view = new DataView(digest);
  const first = view.getUint32(0);
  const step = (view.getUint32(4) | 1) >>> 0; // odd, and unsigned
  return Array.from({ length: bitsPerPassword }, (_, i) => (first + i * step) % filterBits);
}

/**
 * A Bloom filter of common passwords, shipped with the app, so that no password leaves the machine.
 * It finds every listed password, and about one in a million others by mistake
 * (`.github/decisions/0006-blocklist.md`).
 */
export function shippedBlocklist(
  file: URL = new URL("./blocklist.bin", import.meta.url),
): Blocklist {
  let filter: Uint8Array | null = null;
  return {
    async has(password: string): Promise<boolean> {
      const bytes = filter ??= await Deno.readFile(file); // read with the first password
      const bits = await bitsOf(password, bytes.length * 8);
      return bits.every((bit) => ((bytes[bit >> 3] as number) & (1 << (bit & 7))) !== 0);
    },
  };
}

/**
 * Asks a range service for the passwords whose SHA-1 begins with the same five digits: the service
 * learns neither the password nor its digest. While the service is slow or down, no password is
 * found.
 *
 * @param deadline In milliseconds.
 */
export function rangeBlocklist(
  url: string,
  fetchRange: typeof globalThis.fetch,
  deadline: number,
): Blocklist {
  return {
    async has(password: string): Promise<boolean> {
      const digest = await crypto.subtle.digest("SHA-1", utf8(normalizePassword(password)));
      const hex = [...new Uint8Array(digest)]
        .map((byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase();
      try {
        const response = await fetchRange(url.replace(/\/?$/, `/${hex.slice(0, 5)}`), {
          signal: AbortSignal.timeout(deadline),
          redirect: "error",
          headers: { "Add-Padding": "true" },
        });
        if (!response.ok) return await response.body?.cancel().then(() => false) ?? false;
        const lines = (await response.text()).split(/\r?\n/);
        return lines.some((line) => {
          const [suffix, count] = line.split(":");
          return suffix?.toUpperCase() === hex.slice(5) && Number(count) > 0; // padding counts 0
        });
      } catch {
        return false;
      }
    },
  };
}
