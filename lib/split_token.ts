import { createHash } from "node:crypto";
import { newSecret } from "./keys.ts";
import { timingSafeEqual } from "./login/bytes.ts";

/**
 * A split token: a public part that finds its record, and a secret that proves the right to it:
 * `<user id>.<id>.<secret>`. The store keeps only a digest, so a copy of it opens nothing.
 */
export interface SplitToken {
  readonly token: string;
  /** SHA-256 of kind and token, base64url. */
  readonly digest: string;
}

const form = /^([\w-]{22})\.([\w-]{1,22})\.[\w-]{43}$/;

/** @param kind What the token is for: one of another kind has another digest. */
export function newSplitToken(kind: string, userId: string, id: string): SplitToken {
  const token = `${userId}.${id}.${newSecret()}`;
  return { token, digest: digestOf(kind, token) };
}

/** The public part of a token; null when the text is none. */
export function parseSplitToken(text: string | undefined): { userId: string; id: string } | null {
  const [, userId, id] = form.exec(text ?? "") ?? [];
  return userId === undefined || id === undefined ? null : { userId, id };
}

/** Whether a token is the one of this digest. */
export function matchesSplitToken(kind: string, token: string, digest: string): boolean {
  return timingSafeEqual(digest, digestOf(kind, token));
}

/** What the store keeps of a token. */
export function digestOf(kind: string, token: string): string {
  return createHash("sha256").update(`${kind}:${token}`).digest("base64url");
}
