import { createHash } from "node:crypto";

/** A part of a key for an id that an issuer gave: ids of other issuers may be the same. */
export function issuerDigest(issuer: string, id: string): string {
  return createHash("sha256").update(JSON.stringify([issuer, id])).digest("base64url");
}
