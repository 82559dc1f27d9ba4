/**
 * The token of an `Authorization: Bearer` header (RFC 6750 §2.1); null when there is none or it is
 * malformed: whoever sends it is nobody, which is not an error.
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
