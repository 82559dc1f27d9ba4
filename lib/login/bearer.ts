/**
 * The token of an `Authorization: Bearer` header (RFC 6750 §2.1); null when there is none or it is
 * malformed, which is not an error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bearerToken } from "@latchkey/login";
 *
 * const request = new Request("https://app.example/", {
 *   headers: { authorization: "Bearer abc.123" },
 * });
 * assert(bearerToken(request) === "abc.123");
 * ```
 */
export function bearerToken(request: Request): string | null {
  const header = request.headers.get("authorization") ?? "";
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1] ?? null;
}

/** In characters: a longer header is no credentials. */
const MAX_BASIC_LENGTH = 1024;

/**
 * User name and password of an `Authorization: Basic` header (RFC 7617); null when there is none or
 * it is malformed. Check them before you return a user from `requestLoader`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { basicCredentials } from "@latchkey/login";
 *
 * const request = new Request("https://app.example/", {
 *   headers: { authorization: `Basic ${btoa("ann:a secret: yes")}` },
 * });
 * assert.deepEqual(basicCredentials(request), { username: "ann", password: "a secret: yes" });
 * ```
 */
export function basicCredentials(
  request: Request,
): { readonly username: string; readonly password: string } | null {
  const header = request.headers.get("authorization") ?? "";
  if (header.length > MAX_BASIC_LENGTH) return null;
  const [, base64 = ""] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const [, username, password] = /^([^:\p{Cc}]*):(\P{Cc}*)$/u.exec(text) ?? [];
    return username === undefined || password === undefined ? null : { username, password };
  } catch {
    return null; // neither base64 nor UTF-8
  }
}
