import { deepEqual, equal, ok } from "node:assert/strict";
import { newPassphrase } from "../../../lib/credential/passphrase.ts";
import { unpleasantWords } from "../../../lib/credential/unpleasant_words.ts";

for (const [lang, count] of [["en", 6], ["it", 7]] as const) {
  Deno.test(`a passphrase has ${count} words, none of them unpleasant: ${lang}`, async () => {
    const words: string[] = [];
    for (let times = 0; times < 300; times++) {
      const passphrase = (await newPassphrase(lang)).split(" ");
      equal(passphrase.length, count);
      words.push(...passphrase);
    }
    deepEqual(words.filter((word) => unpleasantWords.has(word)), []);
    ok(words.every((word) => /^[a-z-]+$/.test(word)));
  });
}
