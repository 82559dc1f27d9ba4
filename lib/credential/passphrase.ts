/** Six of 7,776 words hold 77 bits, which nobody can guess. */
const WORD_COUNT = 6;

/** Makes a random passphrase of words that are easy to type: "otter row quiet lamp seven stair". */
export async function newPassphrase(): Promise<string> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const list = dictionary["diceware-common"] as readonly string[];
  return Array.from({ length: WORD_COUNT }, () => list[randomBelow(list.length)]).join(" ");
}

/** A random number below the bound; draws again where the modulo would prefer small numbers. */
function randomBelow(bound: number): number {
  const limit = Math.floor(2 ** 32 / bound) * bound;
  while (true) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (number < limit) return number % bound;
  }
}
