import type { Blocklist } from "./blocklist.ts";
import { estimateStrength, type PasswordStrength } from "./password_strength.ts";

/** In code points. Longer passwords are refused before hashing, never truncated (ASVS 6.2.9). */
const MAX_PASSWORD_LENGTH = 256;
/**
 * In UTF-16 units, as typed: a code point has at most two. Longer texts are not normalised, because
 * the time for long runs of combining marks grows with the square of their length.
 */
export const MAX_PASSWORD_UNITS = 2 * MAX_PASSWORD_LENGTH;

export type PasswordProblem =
  | "password_too_short"
  | "password_too_long"
  | "password_personal"
  | "password_common";

/** Whether a password may be set, and how hard it is to guess. */
export interface PasswordAssessment extends PasswordStrength {
  readonly problem: PasswordProblem | null;
}

/** What others know about the owner of a password: it must not be made of that. */
export interface Person {
  readonly email: string;
  readonly name: string;
}

/** A password with personal words needs this many other letters. */
const MIN_OWN_LETTERS = 8;
// Limits of the work: the rest of a long name or address is ignored.
const MAX_SOURCE_LENGTH = 254;
const MAX_WORDS = 10;
/** Shorter words are part of many others. */
const MIN_WORD_LENGTH = 3;

/**
 * The form in which passwords are hashed: NFC, nothing else (NIST SP 800-63B-4 §3.1.1.2). A
 * password that is too long to be set stays as it is.
 */
export function normalizePassword(password: string): string {
  return password.length > MAX_PASSWORD_UNITS ? password : password.normalize("NFC");
}

/** Decides which passwords users can set. There are no composition rules and no expiry. */
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

  /** Checks whether a user can set a password; null when nothing is wrong. */
  async check(password: string, person: Person): Promise<PasswordProblem | null> {
    const length = [...normalizePassword(password)].length;
    if (length < this.minLength) return "password_too_short";
    if (length > MAX_PASSWORD_LENGTH) return "password_too_long";
    if (isPersonal(password, [person.email, person.name, ...this.#siteWords])) {
      return "password_personal";
    }
    return await this.#blocklist.has(password) ? "password_common" : null;
  }

  /** Whether the range service, if one is configured, knows the password from a breach. */
  async isBreached(password: string): Promise<boolean> {
    return await this.#remoteBlocklist?.has(password) ?? false;
  }

  /** Assesses a password while the user types it; never asks the range service. */
  async assess(password: string, person: Person): Promise<PasswordAssessment> {
    const words = [person.email, person.name, ...this.#siteWords].flatMap(wordsOf);
    const problem = await this.check(password, person);
    const { score, advice } = await estimateStrength(normalizePassword(password), words);
    // A password that will be refused must not look strong.
    return { problem, score: problem && score > 1 ? 1 : score, advice };
  }
}

/**
 * Whether a password contains words of the person or the site and too few other letters; digits and
 * signs do not count. Examples: "latchkey-latchkey-1" and "Ann.Meyer.19801231".
 */
function isPersonal(password: string, sources: readonly string[]): boolean {
  const words = [...new Set(sources.flatMap(wordsOf))].sort((a, b) => b.length - a.length);

  const typed = foldText(password);
  return [typed, decodeLeet(typed)].some((text) => {
    const rest = words.reduce((left, word) => left.replaceAll(word, " "), text);
    return rest !== text && rest.replaceAll(/[^\p{L}]/gu, "").length < MIN_OWN_LETTERS;
  });
}

/** A text, and each word in it. */
function wordsOf(text: string): string[] {
  const folded = foldText(text.slice(0, MAX_SOURCE_LENGTH));
  return [folded, ...folded.split(/[^\p{L}\p{N}]+/u)]
    .filter((word) => [...word].length >= MIN_WORD_LENGTH)
    .slice(0, MAX_WORDS);
}

/** Drops case and accents. */
function foldText(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Reads digits and signs as the letters they stand for: "l4tchk3y" is "latchkey". */
function decodeLeet(text: string): string {
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
