import { createHash } from "node:crypto";
import { memo } from "./memo.ts";

/**
 * What happens when the fingerprint of a session's browser changes: nothing (`off`), the session is
 * no longer fresh (`basic`), or it is over (`strong`).
 */
export type SessionProtection = "off" | "basic" | "strong";

const words: readonly string[] = ["off", "basic", "strong"] satisfies SessionProtection[];

/** Whether a setting is one of the three words: a misspelt one must not switch protection off. */
export function isProtection(word: unknown): word is SessionProtection {
  return typeof word === "string" && words.includes(word);
}

/**
 * What a browser says of itself, less its version numbers: browsers update themselves every few
 * weeks, and that is no reason to doubt who is there.
 */
export function withoutVersions(userAgent: string): string {
  return userAgent.replaceAll(/\d+(?:[._]\d+)*/g, "");
}

/** The stored form of a fingerprint: SHA-256, base64url. */
export function fingerprintOf(description: string): string {
  return description.length > MAX_KNOWN_LENGTH ? digest(description) : known(description);
}

/** Browsers describe themselves in fewer characters; longer texts are not kept in memory. */
const MAX_KNOWN_LENGTH = 512;
const known = memo(digest, 500);

function digest(description: string): string {
  return createHash("sha256").update(`fingerprint:${description}`).digest("base64url");
}
