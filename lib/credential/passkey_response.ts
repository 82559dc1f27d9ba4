import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { Buffer } from "node:buffer";
import { decodeBase64Url, encodeBase64Url } from "../login/bytes.ts";
import type { Passkey } from "./passkey_record.ts";

/** The site, as authenticators know it. */
export interface RelyingParty {
  /** The host of the origin: a passkey works nowhere else. */
  readonly id: string;
  readonly name: string;
  readonly origin: string;
}

/** What a browser answered for an authenticator; nothing of it is verified yet. */
export interface PasskeyResponse {
  readonly credentialId: string;
  readonly challenge: string;
  /** Whose passkey it is, as the authenticator says. */
  readonly userHandle: string | null;
  readonly json: RegistrationResponseJSON & AuthenticationResponseJSON;
}

/** What a new passkey consists of. */
export interface NewCredential extends Pick<Passkey, "id" | "publicKey" | "counter"> {
  readonly transports: readonly string[];
  /** The model of the authenticator, as a UUID; zeros where it does not say. */
  readonly aaguid: string;
}

/** ES256, EdDSA, RS256. Runtimes differ in the newer ones, and stored keys must stay usable. */
export const algorithms = [-7, -8, -257];

/** 1023 bytes (WebAuthn Level 3, §4). */
const credentialIdForm = /^[\w-]{1,1364}$/;
/** An RSA key of 4096 bits has less; verifying with a longer one would cost too much. */
const MAX_KEY_BYTES = 1024;
const transportForm = /^[a-z-]{1,20}$/;
const MAX_TRANSPORTS = 10;

/** Reads a `PublicKeyCredential` in JSON (WebAuthn Level 3, §5.1.8); null when it is none. */
export function readResponse(text: string): PasskeyResponse | null {
  const json = parseObject(text) as unknown as PasskeyResponse["json"] | null;
  const response: unknown = json?.response;
  if (!json || typeof response !== "object" || response === null) return null;
  const { clientDataJSON, userHandle = null } = json.response;
  const clientData = parseObject(decodeText(clientDataJSON));
  const isValid = typeof json.id === "string" && credentialIdForm.test(json.id) &&
    typeof clientData?.challenge === "string" && !clientData.crossOrigin &&
    (userHandle === null || typeof userHandle === "string");
  if (!isValid) return null;
  return { credentialId: json.id, challenge: clientData.challenge as string, userHandle, json };
}

/** Verifies the answer to a registration; null when anything about it is wrong. */
export async function verifyRegistration(
  { json, challenge, credentialId }: PasskeyResponse,
  { id, origin }: RelyingParty,
): Promise<NewCredential | null> {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: await withoutStatement(json),
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!registrationInfo) return null;
    const { credential } = registrationInfo;
    if (credential.id !== credentialId || credential.publicKey.length > MAX_KEY_BYTES) return null;
    return {
      id: credential.id,
      publicKey: new Uint8Array(credential.publicKey),
      counter: credential.counter,
      transports: readTransports(json.response.transports),
      aaguid: registrationInfo.aaguid,
    };
  } catch {
    return null; // it throws for all that is wrong, malformed input too
  }
}

/** Verifies the answer to a login; gives the counter of the authenticator, or null. */
export async function verifyAssertion(
  { json, challenge }: PasskeyResponse,
  { id, publicKey }: Passkey,
  rp: RelyingParty,
): Promise<number | null> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: json,
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
      // The caller judges the counter, to tell a copied passkey from a wrong signature.
      credential: { id, publicKey, counter: 0 },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}

/**
 * Takes away the statement about who made the authenticator. The site does not ask for one, and to
 * verify it would mean to fetch lists of revoked certificates from addresses that it names.
 */
async function withoutStatement(json: RegistrationResponseJSON): Promise<RegistrationResponseJSON> {
  const { decodeAttestationObject, isoCBOR } = await import("@simplewebauthn/server/helpers");
  const attestation = decodeBase64Url(json.response.attestationObject);
  if (!attestation) throw new TypeError("Cannot read an attestation: it is not base64url");
  const authData = decodeAttestationObject(attestation).get("authData");
  const bare = isoCBOR.encode(
    new Map<string, string | Uint8Array<ArrayBuffer> | Map<string, string>>([
      ["fmt", "none"],
      ["attStmt", new Map<string, string>()],
      ["authData", authData],
    ]),
  );
  const attestationObject = encodeBase64Url(new Uint8Array(bare));
  return { ...json, response: { ...json.response, attestationObject } };
}

function readTransports(value: unknown): string[] {
  const words = Array.isArray(value) ? value.slice(0, MAX_TRANSPORTS) : [];
  return words.filter((word) => typeof word === "string" && transportForm.test(word));
}

function decodeText(base64Url: unknown): string {
  const bytes = typeof base64Url === "string" ? decodeBase64Url(base64Url) : null;
  return bytes ? Buffer.from(bytes).toString("utf8") : "";
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}
