/** Says whether a password is known to attackers. */
export interface Blocklist {
  has(password: string): Promise<boolean>;
}

/** The number of positions a password has in the filter. */
export const hashesPerPassword = 10;

/** The form in which passwords are compared: attackers try every case of a word. */
export function comparable(password: string): string {
  return password.normalize("NFC").toLowerCase();
}

/** The bits of a password in a filter of so many bits: two hashes make all of them (Kirsch, Mitzenmacher). */
export async function positions(password: string, bits: number): Promise<number[]> {
  const bytes = new TextEncoder().encode(comparable(password));
  const view = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  const first = view.getUint32(0);
  const step = (view.getUint32(4) | 1) >>> 0; // odd, and unsigned
  return Array.from({ length: hashesPerPassword }, (_, i) => (first + i * step) % bits);
}

/**
 * A Bloom filter of common passwords, shipped with the app: nothing leaves the machine. It knows every
 * password that was put in, and takes about one in a thousand others for one
 * (`.github/decisions/0006-blocklist.md`).
 */
export function shippedBlocklist(
  file: URL = new URL("./blocklist.bin", import.meta.url),
): Blocklist {
  let filter: Uint8Array | null = null;
  return {
    async has(password: string): Promise<boolean> {
      const bytes = filter ??= await Deno.readFile(file); // read when the first password is judged
      const found = await positions(password, bytes.length * 8);
      return found.every((bit) => ((bytes[bit >> 3] as number) & (1 << (bit & 7))) !== 0);
    },
  };
}

/**
 * Asks a range service as well, by the first five digits of the SHA-1: it learns neither the password nor
 * its digest. A service that is slow or down is no reason to refuse anybody.
 *
 * @param ask The fetch of the world.
 * @param deadline In milliseconds.
 */
export function rangeBlocklist(
  address: string,
  ask: typeof globalThis.fetch,
  deadline: number,
): Blocklist {
  return {
    async has(password: string): Promise<boolean> {
      const bytes = new TextEncoder().encode(password.normalize("NFC"));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
      const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")
        .toUpperCase();
      try {
        const response = await ask(address.replace(/\/?$/, `/${hex.slice(0, 5)}`), {
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
