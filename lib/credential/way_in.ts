/** What opens an account; a second factor alone does not. */
export interface WaysIn {
  readonly hasPassword: boolean;
  readonly passkeys: number;
  /** Accounts at providers that are linked to it. */
  readonly identities: number;
}

/** Whether an account that is left with these could not be opened any more. */
export function isLocked({ hasPassword, passkeys, identities }: WaysIn): boolean {
  return !hasPassword && passkeys === 0 && identities === 0;
}
