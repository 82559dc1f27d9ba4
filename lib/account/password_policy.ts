/** In code points. Longer ones are refused unhashed, never cut (ASVS 6.2.9). */
export const longestPassword = 256;

export type PasswordProblem = "password_too_short" | "password_too_long";

/** The one form of a password: NFC and nothing else (NIST SP 800-63B-4 §3.1.1.2). */
export function normalizePassword(password: string): string {
  return password.normalize("NFC");
}

/** Decides whether a password may be set. Lengths are in code points: an emoji is one. */
export function judgePassword(password: string, minLength: number): PasswordProblem | null {
  const length = [...normalizePassword(password)].length;
  if (length < minLength) return "password_too_short";
  if (length > longestPassword) return "password_too_long";
  return null;
}
