import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

/** How hard a password is to guess, and how to make it harder. No password is refused for it. */
export interface PasswordStrength {
  /** From 0 (guessed at once) to 4. */
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

/** Our advice for the warnings and suggestions of zxcvbn; the others give none. */
const adviceByFeedback: Record<string, PasswordAdvice> = {
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
 * Limits of the work. With zxcvbn's own limits 240 characters take seconds, and 64 characters up to
 * 100 ms. Characters after the 32nd only make a password stronger.
 */
const limits = { maxLength: 32, l33tMaxSubstitutions: 5 };
/**
 * Each further digit can be part of many dates, numbers and tricks, and costs more than any letter.
 * It would only make a password stronger.
 */
const MAX_DIGITS = 8;

let estimator: ZxcvbnFactory | null = null;

/** Estimates the strength of a password; the words of the person and the site make it weaker. */
export async function estimateStrength(
  password: string,
  words: readonly string[],
): Promise<PasswordStrength> {
  estimator ??= await loadEstimator();
  const { score, feedback } = estimator.check(dropDigits(password), [...words]);
  const advice = [feedback.warning, ...feedback.suggestions].flatMap((it) =>
    adviceByFeedback[it ?? ""] ?? []
  );
  return { score, advice: [...new Set(advice)] };
}

/** Drops the digits after the first `MAX_DIGITS`. */
function dropDigits(password: string): string {
  let digits = 0;
  return password.replaceAll(/\d/g, (digit) => ++digits <= MAX_DIGITS ? digit : "");
}

/** Loads zxcvbn with the first password, because its dictionary takes 40 MB. */
async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, ...limits });
}
