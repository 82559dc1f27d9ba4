import type { ProvedIdentity } from "../../lib/oidc/provider.ts";
import type { ProviderConfig } from "../../lib/oidc/provider_config.ts";
import type { ProvedSignIn } from "../../lib/oidc/transaction.ts";

const issuer = "https://id.example";

/** A provider in the settings, named as the tests of all routes name every parameter. */
export const exampleProvider: ProviderConfig = {
  name: "x",
  label: "Example",
  mark: null,
  kind: "openid",
  issuer,
  clientId: "latchkey",
  clientSecret: "s3cret",
  otherOrigins: [],
  tellsAuthTime: true,
  trust: { amr: [], acr: [], authTime: false },
};

/** What the provider answers: it is there, but knows nobody. Nothing else is on the network. */
export const exampleFetch: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  await request.body?.cancel();
  switch (request.url) {
    case `${issuer}/.well-known/openid-configuration`:
      return Response.json(metadataOf(issuer));
    case `${issuer}/keys`:
      return Response.json({ keys: [] });
    case `${issuer}/token`:
      return Response.json({ error: "invalid_grant" }, { status: 400 });
  }
  throw new TypeError("There is no network here");
};

/** The metadata of a provider whose endpoints are below its issuer. */
export function metadataOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

/** What somebody proved there, whom no account here is linked to. */
export function provedAtExample(
  person: Pick<ProvedIdentity, "subject" | "email" | "emailVerified" | "name">,
): ProvedSignIn {
  return {
    provider: exampleProvider.name,
    identity: { issuer, ...person, provesFactor: false, providerSession: null },
    isAnew: false,
    next: null,
    remember: false,
    userId: null,
  };
}
