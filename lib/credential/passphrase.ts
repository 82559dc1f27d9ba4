import { unpleasantWords } from "./unpleasant_words.ts";

/** The randomness of a passphrase. Nobody can guess that many bits. */
const BITS = 75;

/** Makes a random passphrase of words that are easy to type: "otter row quiet lamp seven stair". */
export async function newPassphrase(lang: string): Promise<string> {
  const list = (await wordsOf(lang)).filter((word) => !unpleasantWords.has(word));
  const count = Math.ceil(BITS / Math.log2(list.length));
  return Array.from({ length: count }, () => list[randomBelow(list.length)]).join(" ");
}

/** The words of a language, in English where there is no list. */
async function wordsOf(lang: string): Promise<readonly string[]> {
  if (lang === "it") return (await import("@scure/bip39/wordlists/italian.js")).wordlist;
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return dictionary["diceware-common"] as readonly string[];
}

/** A random number below the bound; draws again where the modulo would prefer small numbers. */
function randomBelow(bound: number): number {
  const limit = Math.floor(2 ** 32 / bound) * bound;
  while (true) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (number < limit) return number % bound;
  }
}
