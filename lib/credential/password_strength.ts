import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

/** How hard a password is to guess, and what would make it harder. It is advice: no password is refused for it. */
export interface PasswordStrength {
  /** From 0, guessed at once, to 4. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  readonly advice: readonly PasswordAdvice[];
}

export type PasswordAdvice =
  | "keyboard_pattern"
  | "repetition"
  | "sequence"
  | "date"
  | "known_password"
  | "single_word"
  | "personal_word"
  | "more_words"
  | "tricks";

/** What zxcvbn says, in our words. Of what it says nothing about, we say nothing. */
const adviceOf: Record<string, PasswordAdvice> = {
  straightRow: "keyboard_pattern",
  keyPattern: "keyboard_pattern",
  simpleRepeat: "repetition",
  extendedRepeat: "repetition",
  sequences: "sequence",
  recentYears: "date",
  dates: "date",
  topTen: "known_password",
  topHundred: "known_password",
  common: "known_password",
  similarToCommon: "known_password",
  wordByItself: "single_word",
  namesByThemselves: "single_word",
  commonNames: "single_word",
  userInputs: "personal_word",
  anotherWord: "more_words",
  useWords: "more_words",
  l33t: "tricks",
  reverseWords: "tricks",
  allUppercase: "tricks",
  capitalization: "tricks",
};

/**
 * Bounds of the work: with zxcvbn's own, 240 characters take seconds, and with 64 characters the worst that
 * was found takes 100 ms. What comes after the 32nd character only makes a password stronger.
 */
const bounds = { maxLength: 32, l33tMaxSubstitutions: 5 };

let estimator: ZxcvbnFactory | null = null;

/** Estimates a password; words that belong to the person or the site make it weaker. */
export async function estimateStrength(
  password: string,
  words: readonly string[],
): Promise<PasswordStrength> {
  estimator ??= await loadEstimator();
  const { score, feedback } = estimator.check(password, [...words]);
  const said = [feedback.warning, ...feedback.suggestions].flatMap((it) =>
    adviceOf[it ?? ""] ?? []
  );
  return { score, advice: [...new Set(said)] };
}

/** Loaded for the first password: its dictionary takes some 40 MB. */
async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, ...bounds });
}
