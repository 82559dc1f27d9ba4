import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { HtmlValidate } from "html-validate";
import { providerAnn, providerBob, providerDora } from "../support/oidc_people.ts";
import { type OidcProvider, startOidcProvider } from "../support/oidc_provider.ts";
import { ProviderBrowser, refuseAt, signInAt } from "../support/oidc_sign_in.ts";

// The provider of development and of the tests.

const client = {
  id: "latchkey",
  secret: "secret",
  redirectUris: ["http://localhost:8000/login/with/dev/callback"],
  backchannelLogoutUri: "http://localhost:8000/login/with/dev/backchannel-logout",
};

// RFC 7636, appendix B.
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

function authorizationUrl({ issuer }: OidcProvider, more: Record<string, string> = {}): string {
  return `${issuer}/auth?${new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.redirectUris[0] ?? "",
    response_type: "code",
    scope: "openid email profile",
    state: "a-state",
    nonce: "a-nonce",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...more,
  })}`;
}

/** The claims of the ID token that a code stands for. */
async function redeem({ issuer }: OidcProvider, callback: string) {
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: new URL(callback).searchParams.get("code") ?? "",
      redirect_uri: client.redirectUris[0] ?? "",
      code_verifier: verifier,
    }),
  });
  const { id_token } = await response.json();
  return claimsOf(id_token);
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
}

Deno.test("the local provider tells who was clicked on, with their address and how they logged in", async () => {
  await using provider = await startOidcProvider({ clients: [client] });

  const dora = await redeem(provider, await signInAt(authorizationUrl(provider), providerDora));
  const { sub, email, email_verified, name, nonce, amr } = dora;
  deepEqual([sub, email, email_verified, name], ["dora", "dora@example.com", true, "Dora"]);
  deepEqual([nonce, amr], ["a-nonce", ["pwd", "otp", "mfa"]]);
  ok(typeof dora.auth_time === "number" && typeof dora.sid === "string");
  const bob = await redeem(provider, await signInAt(authorizationUrl(provider), providerBob));
  equal(bob.email_verified, false);
});

Deno.test("the local provider keeps a browser logged in until it has to ask again", async () => {
  await using provider = await startOidcProvider({ clients: [client] });
  const browser = new ProviderBrowser();
  await signInAt(authorizationUrl(provider), providerDora, browser);

  const again = await signInAt(authorizationUrl(provider), providerAnn, browser);
  equal((await redeem(provider, again)).sub, "dora");
  const anew = authorizationUrl(provider, { prompt: "login", max_age: "0" });
  equal((await redeem(provider, await signInAt(anew, providerAnn, browser))).sub, "ann");
});

Deno.test("the local provider takes anybody by an address, and a no", async () => {
  await using provider = await startOidcProvider({ clients: [client] });

  const callback = await new ProviderBrowser()
    .answer(authorizationUrl(provider), { email: "zoe@example.com" });
  const { sub, email_verified } = await redeem(provider, callback);
  deepEqual([sub, email_verified], ["zoe@example.com", true]);
  match(await refuseAt(authorizationUrl(provider)), /\?error=access_denied&.*&state=a-state&iss=/);
});

Deno.test("the local provider can keep claims for userinfo", async () => {
  await using provider = await startOidcProvider({ clients: [client], claimsIn: "userinfo" });

  const ann = await redeem(provider, await signInAt(authorizationUrl(provider), providerAnn));
  deepEqual([ann.sub, ann.email, ann.name], ["ann", undefined, undefined]);
});

Deno.test("the local provider wants PKCE, and a redirect address that it knows", async () => {
  await using provider = await startOidcProvider({ clients: [client] });

  const plain = authorizationUrl(provider, { code_challenge: "", code_challenge_method: "" });
  match(await signInAt(plain, providerAnn).catch(String), /error=invalid_request/);
  const elsewhere = authorizationUrl(provider, { redirect_uri: "http://localhost:8000/else" });
  await rejects(signInAt(elsewhere, providerAnn), /answered 400: .*invalid_redirect_uri/);
});

Deno.test("a logout at the local provider tells the site, by the session that it knows", async () => {
  const told: URLSearchParams[] = [];
  const site = (url: string, { body }: RequestInit) => {
    equal(url, client.backchannelLogoutUri);
    told.push(body as URLSearchParams);
    return new Response(null, { status: 200 });
  };
  await using provider = await startOidcProvider({ clients: [client], fetch: site });
  const { sid } = await redeem(provider, await signInAt(authorizationUrl(provider), providerAnn));

  deepEqual(await provider.logOut(providerBob), []);
  deepEqual(await provider.logOut(providerAnn), [200]);
  const token = claimsOf(told[0]?.get("logout_token") ?? "");
  deepEqual([token.sub, token.sid, token.aud], ["ann", sid, client.id]);
  deepEqual(await provider.logOut(providerAnn), []);
});

const validator = new HtmlValidate({
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: { "doctype-style": "off", "no-trailing-whitespace": "off" },
});

Deno.test("the pages of the local provider are valid, and say who is who", async () => {
  await using provider = await startOidcProvider({ clients: [client] });
  const asked = await fetch(authorizationUrl(provider), { redirect: "manual" });
  const cookie = asked.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  await asked.body?.cancel();
  const page = new URL(asked.headers.get("location") ?? "", provider.issuer);
  const login = await (await fetch(page, { headers: { cookie } })).text();
  match(login, /bob@example\.com, which nobody verified/);
  const nobody = await (await fetch(provider.issuer)).text();
  match(nobody, /Nobody is logged in here/);
  await signInAt(authorizationUrl(provider), providerAnn);
  const home = await (await fetch(provider.issuer)).text();
  match(home, /Log out Ann/);

  for (const html of [login, nobody, home]) {
    const { results } = await validator.validateString(html);
    deepEqual(results.flatMap(({ messages }) => messages.map((it) => it.message)), [], html);
  }
});
