import { newSecret } from "../keys.ts";
import type { AuthorizationRequest, ProvedIdentity } from "./provider.ts";
import type { FoundTicket } from "./ticket.ts";

/** What a sign-in at a provider is for. */
export type SignInPurpose = "login" | "link" | "reauthenticate";

/** A sign-in that a browser began, until the provider answers. */
export interface Transaction extends Pick<AuthorizationRequest, "nonce" | "codeVerifier"> {
  /** The provider's name. */
  readonly provider: string;
  readonly purpose: SignInPurpose;
  /** The digest of the browser that began it. */
  readonly browser: string;
  readonly next: string | null;
  readonly remember: boolean;
  /** Who was logged in, and by which session; null when nobody was. */
  readonly userId: string | null;
  readonly sessionId: string | null;
}

/** Adds the random values to what a transaction is for. */
export function newTransaction(
  facts: Omit<Transaction, "nonce" | "codeVerifier">,
): Transaction {
  return { ...facts, nonce: newSecret(), codeVerifier: newSecret() };
}

/** What the provider is asked in a transaction. */
export function requestOf(
  { value, createdAt }: FoundTicket<Transaction>,
  state: string,
): AuthorizationRequest {
  const { nonce, codeVerifier, purpose } = value;
  const asksAnew = purpose === "reauthenticate";
  return { state, nonce, codeVerifier, asksAnew, startedAt: createdAt };
}

/** Whether it began in this login: what began in another one proves and links nothing here. */
export function isOfLogin(
  { userId, sessionId }: Transaction,
  user: { readonly id: string } | null,
  session: { readonly id: string } | null,
): boolean {
  return session?.id === sessionId && user?.id === userId;
}

/** What was proved at a provider, until the person answers a question of ours. */
export interface ProvedSignIn
  extends Pick<Transaction, "provider" | "next" | "remember" | "userId"> {
  readonly identity: Omit<ProvedIdentity, "authenticatedAt">;
  /** Whether they logged in at the provider during this sign-in. */
  readonly isAnew: boolean;
}
