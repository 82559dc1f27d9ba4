/** A factor beside the password that a user enrolled, in the words of RFC 8176. */
export type Factor = "otp" | "hwk";

/**
 * What proves a factor beside the password: a code of an app, a passkey, a recovery code, or the word
 * of a provider that is believed about it.
 */
export const factorMethods = ["otp", "hwk", "rc", "mfa"] as const;

/** Whether what was proved includes a second factor. A passkey that verified its user is both. */
export function provesFactor(methods: readonly string[]): boolean {
  return factorMethods.some((method) => methods.includes(method));
}

/** Whether the site asks a user to have a second factor: `admins` are people with any role. */
export function mustHaveFactor(
  { roles }: { readonly roles: readonly string[] },
  who: "off" | "admins" | "all",
): boolean {
  return who === "all" || (who === "admins" && roles.length > 0);
}

/**
 * What a session of a user proves no more: without factors, another one that is added later was
 * never proved by it.
 */
export function worthlessProofs({ factors }: { readonly factors: readonly Factor[] }) {
  return factors.length === 0 ? factorMethods : [];
}
