import { deepEqual, equal, match, ok } from "node:assert/strict";
import { startOidcProvider } from "../../support/oidc_provider.ts";
import { runTask } from "../../support/task.ts";

const ORIGIN = "http://localhost:8000";
const redirectUri = `${ORIGIN}/login/with/acme/callback`;

function settings(issuer: string): Record<string, string> {
  return {
    ORIGIN,
    OIDC_PROVIDERS: "acme",
    OIDC_ACME_CLIENT_ID: "latchkey",
    OIDC_ACME_CLIENT_SECRET: "a secret of the client".replaceAll(" ", "-"),
    OIDC_ACME_ISSUER: issuer,
  };
}

async function checkProviders(environment: Record<string, string>, ...args: string[]) {
  const { code, out, errors } = await runTask(
    "providers:check",
    "/nowhere",
    args,
    ":memory:",
    environment,
  );
  ok(!`${out}${errors}`.includes("a-secret-of-the-client"), "it prints a secret");
  return { code, out, errors };
}

/** A server that publishes metadata, and answers whoever asks it for a login like this. */
function publish(answer: (issuer: string) => Response, changes: Record<string, unknown> = {}) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { origin, pathname } = new URL(request.url);
    if (pathname === "/auth") return answer(origin);
    if (pathname !== "/.well-known/openid-configuration") return new Response("", { status: 404 });
    return Response.json({
      issuer: origin,
      authorization_endpoint: `${origin}/auth`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/keys`,
      ...changes,
    });
  });
  return {
    issuer: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("deno task providers:check finds a registered redirect address, and shows what to enter", async () => {
  const client = { id: "latchkey", secret: "secret", redirectUris: [redirectUri] };
  await using provider = await startOidcProvider({ clients: [client] });

  const { code, out, errors } = await checkProviders(settings(provider.issuer));
  deepEqual([code, errors], [0, ""]);
  match(out, /^acme: Acme, http:\/\/127\.0\.0\.1:\d+$/m);
  match(out, /^ {2}It answers, and asks people at http:\/\/127\.0\.0\.1:\d+\/auth$/m);
  match(out, /^ {2}The redirect address of acme: registered\.$/m);
  match(out, /redirect address +http:\/\/localhost:8000\/login\/with\/acme\/callback$/m);
  match(
    out,
    /back-channel logout address +http:\/\/localhost:8000\/login\/with\/acme\/backchannel/m,
  );
  match(out, /origin +http:\/\/localhost:8000$/m);
  match(out, /scopes +openid email profile$/m);
});

Deno.test("deno task providers:check fails when the provider does not know the redirect address", async () => {
  const other = { id: "latchkey", secret: "secret", redirectUris: ["http://localhost:1/other"] };
  await using provider = await startOidcProvider({ clients: [other] });

  const { code, out, errors } = await checkProviders(settings(provider.issuer));
  equal(code, 1);
  match(
    errors,
    /^ {2}The redirect address of acme: refused with 400: enter it there, or correct the/,
  );
  match(out, /redirect address +http:\/\/localhost:8000\/login\/with\/acme\/callback$/m);
});

Deno.test("deno task providers:check fails when the provider sends the client away", async () => {
  await using provider = publish(() =>
    Response.redirect(`${redirectUri}?error=unauthorized_client`, 302)
  );

  const { code, errors } = await checkProviders(settings(provider.issuer));
  equal(code, 1);
  match(errors, /registered, but it answers unauthorized_client\.$/m);
});

Deno.test("deno task providers:check cannot tell when the provider leads to a page of its own", async () => {
  await using asking = publish((issuer) => Response.redirect(`${issuer}/login?a=b`, 302));
  const led = await checkProviders(settings(asking.issuer));
  equal(led.code, 0);
  match(
    led.out,
    /cannot tell: it leads to http:\/\/127\.0\.0\.1:\d+\/login\. Log in there to see\.$/m,
  );

  await using showing = publish(() => new Response("<h1>Hello</h1>"));
  const shown = await checkProviders(settings(showing.issuer));
  equal(shown.code, 0);
  match(shown.out, /cannot tell: it shows a page\. Log in there to see\.$/m);
});

Deno.test("deno task providers:check says what is wrong with the metadata [SEC-K3]", async () => {
  await using provider = publish(() => new Response(), { issuer: "https://other.example" });
  const other = await checkProviders(settings(provider.issuer));
  equal(other.code, 1);
  match(other.errors, /acme does not answer as it should: the metadata name another issuer\.$/m);

  const none = await checkProviders(settings(`${provider.issuer}/nobody`));
  equal(none.code, 1);
  match(none.errors, /acme does not answer as it should: the metadata answered 404\.$/m);
  match(none.out, /redirect address +http:\/\/localhost:8000\/login\/with\/acme\/callback$/m);
});

Deno.test("deno task providers:check without providers, or with wrong settings, says what to set", async () => {
  const none = await checkProviders({ ORIGIN, OIDC_PROVIDERS: "" });
  equal(none.code, 2);
  match(none.errors, /^There are no providers: set OIDC_PROVIDERS/);
  const half = await checkProviders({ ORIGIN, OIDC_PROVIDERS: "google" });
  equal(half.code, 2);
  match(half.errors, /^OIDC_GOOGLE_CLIENT_ID is not set: set it to/m);
  const extra = await checkProviders({ ORIGIN }, "google");
  equal(extra.code, 2);
  match(extra.errors, /^Usage: deno task providers:check$/m);
});
