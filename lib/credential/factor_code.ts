/** What a code is from: an app on the phone, or the list on paper. */
export type CodeKind = "totp" | "recovery_code";

/** Why a code cannot be tried. */
export type CodeProblem = "missing" | "totp_incomplete" | "recovery_code_incomplete";

export type ReadCodeResult =
  | { readonly ok: true; readonly kind: CodeKind; readonly code: string }
  | { readonly ok: false; readonly kind: CodeKind | null; readonly reason: CodeProblem };

/**
 * Tells by its characters what a typed code is from. Spaces and hyphens are ignored, and case in
 * recovery codes. An incomplete code is not tried, so it does not count as a failure.
 */
export function readFactorCode(typed: string): ReadCodeResult {
  const code = typed.replaceAll(/[\s\p{Pd}]/gu, "").toUpperCase();
  if (code === "") return { ok: false, kind: null, reason: "missing" };
  if (/^\d{6}$/.test(code)) return { ok: true, kind: "totp", code };
  if (/^[A-Z2-7]{16}$/.test(code)) return { ok: true, kind: "recovery_code", code };
  return /^\d+$/.test(code)
    ? { ok: false, kind: "totp", reason: "totp_incomplete" }
    : { ok: false, kind: "recovery_code", reason: "recovery_code_incomplete" };
}
