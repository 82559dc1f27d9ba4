import type { Blocklist } from "./blocklist.ts";
import { estimateStrength, type PasswordStrength } from "./password_strength.ts";

/** In code points. Longer ones are refused unhashed, never cut (ASVS 6.2.9). */
const MAX_PASSWORD_LENGTH = 256;

export type PasswordProblem =
  | "password_too_short"
  | "password_too_long"
  | "password_personal"
  | "password_common";

/** Whether a password may be set, and how hard it is to guess. */
export interface PasswordAssessment extends PasswordStrength {
  readonly problem: PasswordProblem | null;
}

/** Whose password it is to be: nobody's password should be made of what everybody knows of them. */
export interface Person {
  readonly email: string;
  readonly name: string;
}

/** A password made of known words has to have this many letters of its own. */
const MIN_OWN_LETTERS = 8;
/** Bounds of the work: of a name or an address no more is looked at. */
const MAX_SOURCE_LENGTH = 254;
const MAX_WORDS = 10;
/** Shorter words are in every sentence. */
const MIN_WORD_LENGTH = 3;

/** The one form of a password: NFC and nothing else (NIST SP 800-63B-4 §3.1.1.2). */
export function normalizePassword(password: string): string {
  return password.normalize("NFC");
}

/** What a password has to be before it may be set. No rules of composition, and no expiry. */
export class PasswordPolicy {
  /** In code points. */
  readonly minLength: number;
  readonly #siteWords: readonly string[];
  readonly #blocklist: Blocklist;
  readonly #remoteBlocklist: Blocklist | null;

  constructor(
    minLength: number,
    siteWords: readonly string[],
    blocklist: Blocklist,
    remoteBlocklist: Blocklist | null,
  ) {
    this.minLength = minLength;
    this.#siteWords = siteWords;
    this.#blocklist = blocklist;
    this.#remoteBlocklist = remoteBlocklist;
  }

  /** Decides whether somebody may set a password. Lengths are in code points: an emoji is one. */
  async check(password: string, person: Person): Promise<PasswordProblem | null> {
    const length = [...normalizePassword(password)].length;
    if (length < this.minLength) return "password_too_short";
    if (length > MAX_PASSWORD_LENGTH) return "password_too_long";
    if (isMadeOf(password, [person.email, person.name, ...this.#siteWords])) {
      return "password_personal";
    }
    return await this.#blocklist.has(password) ? "password_common" : null;
  }

  /** Whether a service outside knows a password that was judged here, if there is one to be asked. */
  async isBreached(password: string): Promise<boolean> {
    return await this.#remoteBlocklist?.has(password) ?? false;
  }

  /** What to say of a password while it is being chosen. Nobody outside is asked. */
  async assess(password: string, person: Person): Promise<PasswordAssessment> {
    const words = [person.email, person.name, ...this.#siteWords].flatMap(wordsOf);
    const problem = await this.check(password, person);
    const { score, advice } = await estimateStrength(normalizePassword(password), words);
    // What would be refused is not called good, however hard it is to guess.
    return { problem, score: problem && score > 1 ? 1 : score, advice };
  }
}

/**
 * Whether hardly anything is left of a password without these words, without digits and signs, and without
 * the usual letters for digits: "latchkey-latchkey-1" and "Ann.Meyer.19801231" are such passwords.
 */
function isMadeOf(password: string, sources: readonly string[]): boolean {
  const known = [...new Set(sources.flatMap(wordsOf))].sort((a, b) => b.length - a.length);

  // As typed, and with its digits read as letters: "l4tchk3y".
  return [fold(password), unleet(fold(password))].some((text) => {
    const rest = known.reduce((left, word) => left.replaceAll(word, " "), text);
    return rest !== text && rest.replaceAll(/[^\p{L}]/gu, "").length < MIN_OWN_LETTERS;
  });
}

/** A text and the words in it. */
function wordsOf(text: string): string[] {
  const folded = fold(text.slice(0, MAX_SOURCE_LENGTH));
  return [folded, ...folded.split(/[^\p{L}\p{N}]+/u)]
    .filter((word) => [...word].length >= MIN_WORD_LENGTH)
    .slice(0, MAX_WORDS);
}

function fold(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

function unleet(text: string): string {
  const letters: Record<string, string> = {
    0: "o",
    1: "l",
    3: "e",
    4: "a",
    5: "s",
    7: "t",
    "@": "a",
    $: "s",
  };
  return text.replaceAll(/[013457@$]/g, (char) => letters[char] as string);
}
