const MAX_NAME = 40;

/** Letters with their marks, and what joins the words of a name. */
const plain = /^\p{L}[\p{L}\p{M}'’\- ]*$/v;

/**
 * Returns the name if a mail can greet with it. Others could look like a sentence or a link of ours,
 * so their mails greet without a name.
 */
export function greetingName(name: string): string | null {
  const isPlain = plain.test(name) && !name.includes("  ") && [...name].length <= MAX_NAME;
  return isPlain ? name : null;
}
