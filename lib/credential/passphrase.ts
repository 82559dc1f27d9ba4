/** Six of 7,776 words: 77 bits, as many as nobody can guess. */
const words = 6;

/** A passphrase that nobody had before, of words that are easy to type: "otter row quiet lamp seven stair". */
export async function newPassphrase(): Promise<string> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const list = dictionary["diceware-common"] as readonly string[];
  return Array.from({ length: words }, () => list[randomBelow(list.length)]).join(" ");
}

/** Every number equally likely: the ones that would make the first few likelier are thrown away. */
function randomBelow(bound: number): number {
  const most = Math.floor(2 ** 32 / bound) * bound;
  while (true) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (number < most) return number % bound;
  }
}
