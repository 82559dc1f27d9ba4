import { decodeBase64Url, encodeBase64Url, utf8 } from "./bytes.ts";

/** What a token is for. The kind is part of the digest: a token of one kind is worthless as another. */
export type TokenKind = "session" | "remember" | "guest";

/**
 * A split token: a public part that finds the record (`userId`, `id`) and a secret that proves the
 * right to it. The store keeps only a digest of the secret, so a copy of the store logs nobody in.
 */
export interface Token {
  /** Whose record it finds; empty for a guest, who is not logged in. */
  readonly userId: string;
  /** 128 random bits, base64url. */
  readonly id: string;
  /** 256 random bits, base64url. */
  readonly secret: string;
}

const idBytes = 16;
const secretBytes = 32;
/** A browser keeps 4,096 bytes of a cookie; what is longer than this was not made here. */
const MAX_TOKEN_LENGTH = 512;

/** Makes a token with a new id and a new secret from the system's random source. */
export function mintToken(userId: string): Token {
  return { userId, id: random(idBytes), secret: random(secretBytes) };
}

/** Makes a token from 48 bytes that were derived instead of drawn (see `remember.ts`). */
export function tokenFromBytes(userId: string, bytes: Uint8Array): Token {
  return {
    userId,
    id: encodeBase64Url(bytes.subarray(0, idBytes)),
    secret: encodeBase64Url(bytes.subarray(idBytes, idBytes + secretBytes)),
  };
}

/** Writes a token as `<user id>.<id>.<secret>`, each part base64url. */
export function formatToken(token: Token): string {
  return `${encodeBase64Url(utf8(token.userId))}.${token.id}.${token.secret}`;
}

/** Reads a token; null when the text is not one, whatever it is. */
export function parseToken(text: string): Token | null {
  if (text.length > MAX_TOKEN_LENGTH) return null;
  const [user, id, secret, ...rest] = text.split(".");
  if (user === undefined || id === undefined || secret === undefined || rest.length > 0) {
    return null;
  }

  const userId = decodeUtf8(decodeBase64Url(user));
  if (userId === null) return null;
  if (decodeBase64Url(id)?.length !== idBytes) return null;
  if (decodeBase64Url(secret)?.length !== secretBytes) return null;
  return { userId, id, secret };
}

/** SHA-256 over kind and token: what the store keeps. */
export async function digestToken(kind: TokenKind, token: Token): Promise<string> {
  // The kind has no colon and the token's parts no dot, so no two inputs share a spelling.
  const digest = await crypto.subtle.digest("SHA-256", utf8(`${kind}:${formatToken(token)}`));
  return encodeBase64Url(new Uint8Array(digest));
}

function random(length: number): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(length)));
}

function decodeUtf8(bytes: Uint8Array<ArrayBuffer> | null): string | null {
  if (!bytes) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
