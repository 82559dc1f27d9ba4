import { equal } from "node:assert/strict";
import { exportJWK, exportSPKI, importJWK, SignJWT } from "jose";
import {
  type HostileProvider,
  hostileTest,
  newKey,
  type SigningKey,
} from "../../support/hostile_provider.ts";

const encode = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

/** The same token, under the id of a key that the provider does not have. */
const withRandomKey = (token: string) =>
  token.replace(/^[^.]*/, encode({ alg: "ES256", typ: "logout+jwt", kid: crypto.randomUUID() }));

const right = (it: HostileProvider) => it.sign(it.idClaims());

/** A key under the id of the provider's own. */
const impostor = async (it: HostileProvider): Promise<SigningKey> => ({
  ...await newKey("ES256"),
  kid: it.keys[0]?.kid ?? "",
});

const secretOf = async (it: HostileProvider) => {
  const key = await importJWK({ ...it.keys[0]?.publicJwk, ext: true }, "ES256") as CryptoKey;
  return new TextEncoder().encode(await exportSPKI(key));
};

const forged: [what: string, token: (it: HostileProvider) => string | Promise<string>][] = [
  ["none", (it) => `${encode({ alg: "none" })}.${encode(it.idClaims())}.`],
  ["None", (it) => `${encode({ alg: "None" })}.${encode(it.idClaims())}.`],
  [
    "none and the signature of another token",
    async (it) => {
      const [, , signature] = (await right(it)).split(".");
      return `${encode({ alg: "none" })}.${encode(it.idClaims())}.${signature}`;
    },
  ],
  [
    "HS256 with the public key as secret",
    async (it) =>
      await new SignJWT(it.idClaims()).setProtectedHeader({
        alg: "HS256",
        kid: it.keys[0]?.kid ?? "",
      })
        .sign(await secretOf(it)),
  ],
  ["another key under the same id", async (it) => it.sign(it.idClaims(), {}, await impostor(it))],
  [
    "another key, which it brings along as jwk",
    async (it) => {
      const key = await impostor(it);
      return it.sign(it.idClaims(), { jwk: key.publicJwk }, key);
    },
  ],
  [
    "another key, which it brings along as jwk, without an id",
    async (it) => {
      const key = await newKey("ES256");
      return it.sign(it.idClaims(), { jwk: key.publicJwk, kid: undefined }, key);
    },
  ],
  ...["jwk", "jku", "x5u", "x5c"].map((name): typeof forged[number] => [
    `the right key, and brings one along as ${name}`,
    (it) => it.sign(it.idClaims(), { [name]: name === "x5c" ? ["a"] : `${it.issuer}/other` }),
  ]),
  [
    "another key, which is at its jku",
    async (it) => {
      const key = await impostor(it);
      it.answers.set("/other-keys", () => Response.json({ keys: [key.publicJwk] }));
      return it.sign(it.idClaims(), { jku: `${it.issuer}/other-keys` }, key);
    },
  ],
  [
    "another key, which is at its x5u",
    async (it) => it.sign(it.idClaims(), { x5u: `${it.issuer}/other-keys` }, await impostor(it)),
  ],
  ["the id of no key", (it) => it.sign(it.idClaims(), { kid: "no-such-key" })],
  ["an id that is a number", (it) => it.sign(it.idClaims(), { kid: 1 })],
  ["no signature", async (it) => (await right(it)).replace(/[^.]*$/, "")],
  ["half a signature", async (it) => (await right(it)).slice(0, -100)],
  [
    "changed claims",
    async (it) => {
      const [header, , signature] = (await right(it)).split(".");
      return `${header}.${encode(it.idClaims({ sub: "bob" }))}.${signature}`;
    },
  ],
  [
    "an algorithm that the provider does not name",
    async (it) => {
      it.keys.push(await newKey("ES384"));
      return await right(it);
    },
  ],
  [
    "an extension that it calls critical",
    (it) => it.sign(it.idClaims(), { crit: ["unknown"], unknown: 1 }),
  ],
  [
    "a key that is for encryption",
    async (it) => {
      const key = await newKey("ES256");
      it.keys = [{ ...key, publicJwk: { ...key.publicJwk, use: "enc" } }];
      return await right(it);
    },
  ],
  [
    "a key of another type under its id",
    async (it) => {
      const key = await newKey("EdDSA");
      const { kid = "" } = it.keys[0] ?? {};
      it.keys[0] = { ...key, kid, publicJwk: { ...key.publicJwk, kid } };
      return await it.sign(it.idClaims(), {}, await impostor(it));
    },
  ],
  ["five parts, as an encrypted one has", () => "a.b.c.d.e"],
  ["one part", () => "token"],
  ["claims that are no JSON", async (it) => (await right(it)).replace(/\.[^.]*\./, ".e30x.")],
  ["more than 32 Ki characters", (it) => it.sign(it.idClaims({ filler: "a".repeat(32 * 1024) }))],
];

for (const [what, token] of forged) {
  hostileTest(`an ID token with ${what} is refused [SEC-K5]`, async (provider) => {
    const result = await provider.redeem(await token(provider));

    equal(!result.ok && result.reason, "refused", JSON.stringify(result));
    equal(provider.count("/other-keys"), 0);
  });
}

hostileTest(
  "no algorithm with a shared secret counts, though the provider names it [SEC-K5]",
  async (it) => {
    it.metadata = { id_token_signing_alg_values_supported: ["ES256", "HS256", "none"] };
    const secret = await secretOf(it);
    it.keys.push({
      ...await newKey("ES256"),
      kid: "shared",
      publicJwk: { kty: "oct", k: encode("secret"), kid: "shared", alg: "HS256" },
    });

    const symmetric = await new SignJWT(it.idClaims()).setProtectedHeader({ alg: "HS256" })
      .sign(secret);
    const unsigned = `${encode({ alg: "none" })}.${encode(it.idClaims())}.`;
    equal((await it.redeem(symmetric)).ok, false);
    equal((await it.redeem(unsigned)).ok, false);
  },
);

hostileTest("a provider that names no algorithms signs with RS256 [SEC-K5]", async (it) => {
  it.metadata = { id_token_signing_alg_values_supported: undefined };
  equal((await it.redeem()).ok, false);

  it.keys.push(await newKey("RS256"));
  equal((await it.redeem()).ok, true);
});

for (const alg of ["RS256", "PS256", "ES256", "ES384", "EdDSA"]) {
  hostileTest(`an ID token that is signed with ${alg} counts`, async (provider) => {
    provider.metadata = { id_token_signing_alg_values_supported: [alg] };
    provider.keys.push(await newKey(alg));

    equal((await provider.redeem()).ok, true);
  });
}

hostileTest("a short key of the provider does not count [SEC-K5]", async (it) => {
  it.metadata = { id_token_signing_alg_values_supported: ["RS256"] };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    true,
    ["sign", "verify"],
  );
  const publicJwk = { ...await exportJWK(publicKey), kid: "short" };
  it.keys = [{ kid: "short", alg: "RS256", privateKey, publicJwk }];
  const signed = `${encode({ alg: "RS256", kid: "short" })}.${encode(it.idClaims())}`;
  const bytes = await crypto.subtle.sign(
    "RSASSA-PKCS1-v1_5",
    privateKey,
    new TextEncoder().encode(signed),
  );
  const signature = new Uint8Array(bytes).toBase64({ alphabet: "base64url", omitPadding: true });

  const result = await it.redeem(`${signed}.${signature}`);
  equal(!result.ok && result.reason, "refused");
});

hostileTest("keys that the provider rotated are found, also when it signs with two", async (it) => {
  const client = it.client();
  const signedBy = async (key: SigningKey | undefined) =>
    (await client.readLogout(await it.sign(it.logoutClaims(), { typ: "logout+jwt" }, key))).ok;
  const [first] = it.keys;
  equal(await signedBy(first), true);

  const second = await newKey("ES256");
  it.keys.push(second);
  it.pass(60_000);
  equal(await signedBy(second), true);
  equal(await signedBy(first), true);
  equal(it.count("/keys"), 2);

  it.keys.shift();
  it.pass(5 * 60_000);
  equal(await signedBy(first), false, "a key that was withdrawn counts for five minutes at most");
});

hostileTest(
  "1,000 tokens with random key ids fetch the keys once a minute [SEC-K10]",
  async (it) => {
    const client = it.client();
    const token = await it.signLogout({}, { kid: crypto.randomUUID() });

    for (let i = 0; i < 500; i++) equal((await client.readLogout(withRandomKey(token))).ok, false);
    await Promise.all(Array.from({ length: 500 }, () => client.readLogout(withRandomKey(token))));
    equal(it.count("/keys"), 1);

    it.pass(59_000);
    await client.readLogout(withRandomKey(token));
    equal(it.count("/keys"), 1);

    it.pass(1_000);
    await Promise.all(Array.from({ length: 20 }, () => client.readLogout(withRandomKey(token))));
    equal(it.count("/keys"), 2);
    equal((await client.readLogout(await it.signLogout())).ok, true, "right tokens still count");
  },
);

hostileTest(
  "1,000 tokens with random key ids ask once a minute for keys that fail [SEC-K10]",
  async (it) => {
    const client = it.client();
    const right = await it.signLogout();
    equal((await client.readLogout(right)).ok, true);
    it.answers.set("/keys", () => new Response("", { status: 500 }));

    it.pass(60_000);
    for (let second = 0; second < 120; second += 6, it.pass(6_000)) {
      await Promise.all(Array.from({ length: 50 }, () => client.readLogout(withRandomKey(right))));
    }
    equal(it.count("/keys"), 3);

    it.answers.clear();
    equal((await client.readLogout(await it.signLogout())).ok, true, "right tokens still count");
  },
);

hostileTest("while the keys cannot be fetched, known ones count for five minutes", async (it) => {
  const client = it.client();
  equal((await client.readLogout(await it.signLogout())).ok, true);

  it.answers.set("/keys", () => new Response("", { status: 500 }));
  it.pass(4 * 60_000);
  const unknown = await client.readLogout(await it.signLogout({}, { kid: "unknown" }));
  equal(!unknown.ok && unknown.reason, "unreachable");
  equal((await client.readLogout(await it.signLogout())).ok, true);

  it.pass(60_000);
  const later = await client.readLogout(await it.signLogout());
  equal(!later.ok && later.reason, "unreachable");
});

const oddKeys: [what: string, body: unknown][] = [
  ["no list", { keys: "none" }],
  ["absent", {}],
  ["no objects", { keys: [null, 1] }],
];

for (const [what, body] of oddKeys) {
  hostileTest(`keys that are ${what} are a failure of the provider`, async (provider) => {
    provider.answers.set("/keys", () => Response.json(body));

    const result = await provider.redeem();
    equal(!result.ok && result.reason, "unreachable");
  });
}
