import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { Buffer } from "node:buffer";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import { encodeBase64Url } from "../../lib/login/bytes.ts";

/** What a browser gives an authenticator: the parts of the site's options that are used here. */
export interface Options {
  readonly challenge: string;
  readonly user?: { readonly id: string };
}

/** Everything that an authenticator and a browser say; a test may change each part. */
interface Statement {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
  readonly crossOrigin: boolean;
  readonly rpId: string;
  /** User present 1, user verified 4, attested credential 64. */
  readonly flags: number;
  readonly counter: number;
  readonly id: string;
  readonly rawId: string;
  readonly credentialType: string;
  readonly userHandle: string | null;
  readonly algorithm: number;
  readonly format: string;
  readonly aaguid: string;
}

export type Changes = Partial<Statement>;

const zeros = "00000000-0000-0000-0000-000000000000";

/** An authenticator with one passkey (ES256), and the browser it belongs to. */
export class Authenticator {
  readonly id = encodeBase64Url(new Uint8Array(randomBytes(32)));
  counter = 0;
  #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  #userHandle: string | null = null;
  readonly #origin: string;

  constructor(origin = "https://app.example") {
    this.#origin = origin;
  }

  /** The private key, for an authenticator that was copied. */
  get privateKey(): KeyObject {
    return this.#keys.privateKey;
  }

  /** Makes the passkey; gives the field `credential`. */
  create(options: Options, changes: Changes = {}): string {
    this.#userHandle = options.user?.id ?? null;
    const said = this.#statement({ type: "webauthn.create", flags: 1 + 4 + 64 }, options, changes);
    const authData = Buffer.concat([authenticatorData(said), this.#attested(said)]);
    const attestation = new Map<string, string | Uint8Array<ArrayBuffer> | Map<string, string>>([
      ["fmt", said.format],
      ["attStmt", new Map<string, string>()],
      ["authData", new Uint8Array(authData)],
    ]);
    return credentialOf(said, {
      clientDataJSON: clientData(said),
      attestationObject: encodeBase64Url(isoCBOR.encode(attestation)),
      transports: ["internal", "hybrid"],
    });
  }

  /** Uses the passkey; gives the field `credential`. */
  get(options: Options, changes: Changes = {}): string {
    const said = this.#statement({ type: "webauthn.get", flags: 1 + 4 }, options, changes);
    const authData = authenticatorData(said);
    const json = Buffer.from(clientData(said), "base64url");
    const signed = Buffer.concat([authData, createHash("sha256").update(json).digest()]);
    return credentialOf(said, {
      clientDataJSON: clientData(said),
      authenticatorData: authData.toString("base64url"),
      signature: sign("sha256", signed, this.privateKey).toString("base64url"),
      userHandle: said.userHandle,
    });
  }

  /** Another authenticator with the same passkey. */
  copy(): Authenticator {
    const copy = new Authenticator(this.#origin);
    return Object.assign(copy, { id: this.id, counter: this.counter }).#withKeys(this);
  }

  #withKeys(original: Authenticator): this {
    this.#keys = original.#keys;
    this.#userHandle = original.#userHandle;
    return this;
  }

  #statement(
    ceremony: Pick<Statement, "type" | "flags">,
    { challenge }: Options,
    changes: Changes,
  ): Statement {
    return {
      ...ceremony,
      challenge,
      origin: this.#origin,
      crossOrigin: false,
      rpId: new URL(this.#origin).hostname,
      counter: this.counter,
      id: this.id,
      rawId: changes.id ?? this.id,
      credentialType: "public-key",
      userHandle: this.#userHandle,
      algorithm: -7,
      format: "none",
      aaguid: zeros,
      ...changes,
    };
  }

  /** The id and the public key of a new passkey (WebAuthn, §6.5.1). */
  #attested({ aaguid, id, algorithm }: Statement): Uint8Array {
    const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
    const key = new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, algorithm],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, "base64url"))],
      [-3, new Uint8Array(Buffer.from(y, "base64url"))],
    ]);
    const idBytes = Buffer.from(id, "base64url");
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(idBytes.length);
    const model = Buffer.from(aaguid.replaceAll("-", ""), "hex");
    return Buffer.concat([model, idLength, idBytes, isoCBOR.encode(key)]);
  }
}

function authenticatorData({ rpId, flags, counter }: Statement): Buffer {
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags);
  rest.writeUInt32BE(counter, 1);
  return Buffer.concat([createHash("sha256").update(rpId).digest(), rest]);
}

function clientData({ type, challenge, origin, crossOrigin }: Statement): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }))
    .toString("base64url");
}

function credentialOf(
  { id, rawId, credentialType }: Statement,
  response: Record<string, unknown>,
): string {
  const clientExtensionResults = {};
  return JSON.stringify({ id, rawId, type: credentialType, response, clientExtensionResults });
}
