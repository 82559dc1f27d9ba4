import { createHash } from "node:crypto";
import { decodeBase64Url, encodeBase64Url, utf8 } from "./bytes.ts";
import { memo } from "./memo.ts";

/** What a token is for, as part of its digest: a token of one kind is worthless as another. */
export type TokenKind = "session" | "remember" | "guest";

/**
 * A split token: a public part that finds the record (`userId`, `id`) and a secret that proves the
 * right to it. The store keeps only a digest of the token, so a copy of the store logs nobody in.
 */
export interface Token {
  /** Whose record it finds; empty for a guest, who is not logged in. */
  readonly userId: string;
  /** 128 random bits, base64url. */
  readonly id: string;
  /** 256 bits, base64url: random, or derived under the server's key (see `remember.ts`). */
  readonly secret: string;
}

const idBytes = 16;
const secretBytes = 32;
/** A browser keeps 4,096 bytes of a cookie; what is longer than this was not made here. */
const MAX_TOKEN_LENGTH = 512;
/**
 * The last character of 16 bytes has two bits in use, that of 32 bytes four: a token has one
 * spelling only.
 */
const tokenForm = /^([\w-]*)\.([\w-]{21}[AQgw])\.([\w-]{42}[AEIMQUYcgkosw048])$/;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
  return `${encodeUserId(token.userId)}.${token.id}.${token.secret}`;
}

/** Reads a token; null when the text is not one, whatever it is. */
export function parseToken(text: string): Token | null {
  if (text.length > MAX_TOKEN_LENGTH) return null;
  const [, user = "", id = "", secret = ""] = tokenForm.exec(text) ?? [];
  const userId = id ? decodeUserId(user) : null;
  return userId === null ? null : { userId, id, secret };
}

/** SHA-256 over kind and token: what the store keeps. */
export function digestToken(kind: TokenKind, token: Token): string {
  // The kind has no colon and the token's parts no dot, so no two inputs share a spelling.
  return createHash("sha256").update(`${kind}:${formatToken(token)}`).digest("base64url");
}

/** A browser sends the same token with every request. */
const MAX_KNOWN_USERS = 1000;
const encodeUserId = memo((id: string) => encodeBase64Url(utf8(id)), MAX_KNOWN_USERS);
const decodeUserId = memo((part: string) => decodeUtf8(decodeBase64Url(part)), MAX_KNOWN_USERS);

function random(length: number): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(length)));
}

function decodeUtf8(bytes: Uint8Array<ArrayBuffer> | null): string | null {
  if (!bytes) return null;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}
