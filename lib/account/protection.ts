import type { Factor } from "../credential/second_factor.ts";

/** What protects an account. */
export interface Protection {
  /** Null on a site without mail. */
  readonly emailVerified: boolean | null;
  readonly hasPassword: boolean;
  /** What people call the providers that the user signs in with. */
  readonly identities: readonly string[];
  readonly factors: readonly Factor[];
  /** Whether an app is enrolled whose codes no longer work. */
  readonly isAppBroken: boolean;
  /** How many recovery codes are left. */
  readonly recoveryCodes: number;
}

/** What would protect an account better. */
export type ProtectionStep = "repair_app" | "verify_email" | "add_factor" | "renew_codes";

/** With fewer, it is time for new ones. */
const ENOUGH_CODES = 3;

/** What would protect an account better; what helps most comes first. */
export function openSteps(
  { emailVerified, factors, isAppBroken, recoveryCodes }: Protection,
): readonly ProtectionStep[] {
  const hasFactor = factors.length > 0;
  const steps: readonly [step: ProtectionStep, isOpen: boolean][] = [
    ["repair_app", isAppBroken], // with the last recovery code, its owner has no way in
    ["verify_email", emailVerified === false],
    ["add_factor", !hasFactor],
    ["renew_codes", hasFactor && recoveryCodes < ENOUGH_CODES],
  ];
  return steps.filter(([, isOpen]) => isOpen).map(([step]) => step);
}
