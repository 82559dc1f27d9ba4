import { equal } from "node:assert/strict";
import type { RedeemResult } from "../../../lib/oidc/provider.ts";
import { type HostileProvider, hostileTest, state } from "../../support/hostile_provider.ts";

const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const personal = "9188040d-6c67-4c5b-b112-36a304b66dad";
const issuerOf = (id: string) => `https://login.microsoftonline.com/${id}/v2.0`;
const template = issuerOf("{tenantid}");

/** Lets somebody come back from Microsoft, which the hostile provider plays. */
async function redeem(
  it: HostileProvider,
  claims: Record<string, unknown>,
  { issuer = issuerOf("common"), named = template, keyIssuer, answer = {} }: {
    readonly issuer?: string;
    readonly named?: string;
    readonly keyIssuer?: string;
    readonly answer?: Record<string, string>;
  } = {},
): Promise<RedeemResult> {
  const base = "https://login.microsoftonline.com";
  it.metadata = {
    issuer: named,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    userinfo_endpoint: undefined,
  };
  it.answers.set(
    "/keys",
    () => Response.json({ keys: it.keys.map((key) => ({ ...key.publicJwk, issuer: keyIssuer })) }),
  );
  const here: typeof globalThis.fetch = (input, init) => {
    const path = String(input).replace(issuer, "").replace(base, "");
    return fetch(it.issuer + path, init);
  };
  it.idToken = await it.sign(it.idClaims(claims));
  const parameters = new URLSearchParams({ code: "a-code", state, ...answer });
  return await it.client({ issuer }, here).redeem(parameters, it.request());
}

hostileTest("somebody of any tenant of Microsoft is who the tenant says [SEC-K3]", async (it) => {
  for (const issuer of [issuerOf("common"), issuerOf("organizations")]) {
    const result = await redeem(it, { iss: issuerOf(tenant), tid: tenant }, { issuer });
    equal(result.ok && result.identity.issuer, issuerOf(tenant));
  }
});

const spoiled: [what: string, claims: Record<string, unknown>][] = [
  ["another tenant in tid", { iss: issuerOf(tenant), tid: personal }],
  ["no tid", { iss: issuerOf(tenant) }],
  ["a tid that is a list", { iss: issuerOf(tenant), tid: [personal] }],
  ["the template itself", { iss: template, tid: "{tenantid}" }],
  ["common for a tenant", { iss: issuerOf("common"), tid: "common" }],
  ["a tenant with a path", { iss: issuerOf(`${tenant}/x`), tid: `${tenant}/x` }],
  ["another host", { iss: `https://login.example/${tenant}/v2.0`, tid: tenant }],
  ["a slash at the end", { iss: `${issuerOf(tenant)}/`, tid: tenant }],
  ["a tenant that expands", { iss: issuerOf("$&"), tid: "$&" }],
];

for (const [what, claims] of spoiled) {
  hostileTest(`a token of Microsoft with ${what} is refused [SEC-K3]`, async (it) => {
    const result = await redeem(it, claims);

    equal(!result.ok && result.reason, "refused");
  });
}

hostileTest("one tenant's metadata admit no other tenant [SEC-K3]", async (it) => {
  const issuer = issuerOf(tenant);
  const own = { issuer, named: issuer };

  equal((await redeem(it, { iss: issuer, tid: tenant }, own)).ok, true);
  equal((await redeem(it, { iss: issuerOf(personal), tid: personal }, own)).ok, false);
  equal((await redeem(it, { iss: issuer, tid: tenant }, { issuer })).ok, false, "the template");
});

hostileTest("a key of one tenant of Microsoft signs for no other [SEC-K5]", async (it) => {
  const claims = { iss: issuerOf(tenant), tid: tenant };

  equal((await redeem(it, claims, { keyIssuer: template })).ok, true);
  equal((await redeem(it, claims, { keyIssuer: issuerOf(tenant) })).ok, true);
  equal((await redeem(it, claims, { keyIssuer: issuerOf(personal) })).ok, false);
});

hostileTest(
  "an answer of Microsoft that names a tenant is for that tenant [SEC-K3]",
  async (it) => {
    const claims = { iss: issuerOf(tenant), tid: tenant };
    const named = (iss: string) => redeem(it, claims, { answer: { iss } });

    equal((await named(issuerOf(tenant))).ok, true);
    equal((await named(issuerOf(personal))).ok, false);
    equal((await named("https://login.example")).ok, false);
  },
);
