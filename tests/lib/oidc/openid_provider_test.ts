import { deepEqual, equal, match } from "node:assert/strict";
import { clientId, HostileProvider, hostileTest, state } from "../../support/hostile_provider.ts";

hostileTest(
  "somebody comes back with a code, and the ID token says who they are",
  async (provider) => {
    deepEqual(await provider.redeem({ sid: "their-session" }), {
      ok: true,
      identity: {
        issuer: provider.issuer,
        subject: "ann-at-hostile",
        email: "ann@example.com",
        emailVerified: true,
        name: "Ann",
        provesFactor: false,
        authenticatedAt: null,
        providerSession: "their-session",
      },
    });
    equal(provider.count("/userinfo"), 0);
  },
);

hostileTest(
  "the question has state, nonce and a challenge by S256 [SEC-K1] [SEC-K9]",
  async (it) => {
    it.metadata = { authorization_endpoint: `${it.issuer}/authorize?tenant=a` };
    const result = await it.client().authorizationUrl(it.request());

    const url = new URL(result.ok ? result.url : "");
    equal(url.origin + url.pathname, `${it.issuer}/authorize`);
    deepEqual(Object.fromEntries(url.searchParams), {
      tenant: "a",
      response_type: "code",
      client_id: clientId,
      redirect_uri: "http://localhost:8000/login/with/hostile/callback",
      scope: "openid email profile",
      state,
      nonce: it.request().nonce,
      code_challenge: await challengeOf(it.request().codeVerifier),
      code_challenge_method: "S256",
    });
  },
);

hostileTest("asked anew, people log in there anew", async (it) => {
  const result = await it.client().authorizationUrl(it.request({ asksAnew: true }));

  const { searchParams } = new URL(result.ok ? result.url : "");
  equal(searchParams.get("prompt"), "login");
  equal(searchParams.get("max_age"), "0");
});

hostileTest("the code goes with the verifier and the redirect address [SEC-K1]", async (it) => {
  await it.redeem();

  deepEqual(Object.fromEntries(it.lastForm), {
    grant_type: "authorization_code",
    code: "a-code",
    redirect_uri: "http://localhost:8000/login/with/hostile/callback",
    code_verifier: it.request().codeVerifier,
  });
});

hostileTest(
  "the client proves itself as the provider wants, by default in the header",
  async (it) => {
    const { clientSecret } = it.config;
    const header = `Basic ${btoa("latchkey%2Dtest:s3cret%2Fwith%3Aodd%2Bcharacters")}`;
    for (const methods of [undefined, ["client_secret_post", "client_secret_basic"]]) {
      it.metadata = { token_endpoint_auth_methods_supported: methods };
      equal((await it.redeem()).ok, true);
      equal(it.lastAuthorization, header);
      equal(it.lastForm.has("client_secret"), false);
    }

    it.metadata = { token_endpoint_auth_methods_supported: ["client_secret_post"] };
    equal((await it.redeem()).ok, true);
    equal(it.lastAuthorization, null);
    equal(it.lastForm.get("client_secret"), clientSecret);
  },
);

const spoiled: [what: string, answer: (it: HostileProvider) => string, detail: RegExp][] = [
  ["no state", () => "code=a-code", /state/],
  ["an empty state", () => "code=a-code&state=", /state/],
  ["another state", () => "code=a-code&state=another", /state/],
  ["two states", () => `code=a-code&state=${state}&state=${state}`, /state/],
  ["no code", () => `state=${state}`, /code/],
  ["an empty code", () => `code=&state=${state}`, /code/],
  ["two codes", () => `code=a&code=b&state=${state}`, /code/],
  ["a long code", () => `code=${"a".repeat(4097)}&state=${state}`, /code/],
  ["another issuer", () => `code=a&state=${state}&iss=https://other.example`, /iss/],
  ["the issuer with a slash", (it) => `code=a&state=${state}&iss=${it.issuer}/`, /iss/],
  ["two issuers", (it) => `code=a&state=${state}&iss=${it.issuer}&iss=${it.issuer}`, /iss/],
  ["a token of the implicit flow", () => `code=a&state=${state}&id_token=a.b.c`, /implicit/],
  ["a signed answer", () => `code=a&state=${state}&response=a.b.c`, /JARM/],
  ["an error and no state", () => "error=access_denied", /state/],
  ["an error of another issuer", () => `error=no&state=${state}&iss=https://o.example`, /iss/],
];

for (const [what, answer, detail] of spoiled) {
  hostileTest(
    `an answer with ${what} is refused, and no code is sent [SEC-K2] [SEC-K3]`,
    async (it) => {
      const result = await it.client().redeem(new URLSearchParams(answer(it)), it.request());

      equal(!result.ok && result.reason, "refused");
      match(result.ok ? "" : result.detail, detail);
      equal(it.count("/token"), 0);
    },
  );
}

hostileTest("an answer names its issuer where the provider promised it [SEC-K3]", async (it) => {
  it.metadata = { authorization_response_iss_parameter_supported: true };

  equal((await it.redeem()).ok, false);
  equal(it.count("/token"), 0);
  equal((await it.redeem({}, { answer: { iss: it.issuer } })).ok, true);
});

Deno.test("the answer of one provider is refused as another's [SEC-K3]", async () => {
  await using first = await HostileProvider.start();
  await using second = await HostileProvider.start();
  first.idToken = await first.sign(first.idClaims());
  second.idToken = first.idToken;

  const mixed = new URLSearchParams({ code: "a-code", state, iss: first.issuer });
  const named = await second.client().redeem(mixed, second.request());
  equal(!named.ok && named.reason, "refused");
  equal(second.count("/token"), 0);

  mixed.delete("iss");
  const unnamed = await second.client().redeem(mixed, second.request());
  equal(!unnamed.ok && unnamed.reason, "refused");
});

const errors: [error: string, reason: string, detail: string][] = [
  ["access_denied", "denied", "access_denied"],
  ["login_required", "denied", "login_required"],
  ["server_error", "unreachable", "server_error"],
  ["temporarily_unavailable", "unreachable", "temporarily_unavailable"],
  ["<script>\n", "denied", "an error without a word"],
  ["e".repeat(101), "denied", "an error without a word"],
];

for (const [error, reason, detail] of errors) {
  hostileTest(
    `the error ${JSON.stringify(error).slice(0, 30)} counts as ${reason} [SEC-K14]`,
    async (it) => {
      deepEqual(await it.redeem({}, { answer: { error, error_description: "<b>" } }), {
        ok: false,
        reason,
        detail,
      });
    },
  );
}

const tokenAnswers: [what: string, answer: () => Response, reason: string][] = [
  ["an error", () => Response.json({ error: "invalid_grant" }, { status: 400 }), "refused"],
  ["an error and 200", () => Response.json({ error: "bad_verification_code" }), "refused"],
  ["401 and a challenge", () =>
    Response.json({ error: "invalid_client" }, {
      status: 401,
      headers: { "www-authenticate": "Basic" },
    }), "unreachable"],
  [
    "a client that may not ask",
    () => Response.json({ error: "unauthorized_client" }, { status: 400 }),
    "unreachable",
  ],
  [
    "GitHub's word for a wrong secret",
    () => Response.json({ error: "incorrect_client_credentials" }),
    "unreachable",
  ],
  [
    "an error of its server",
    () => Response.json({ error: "temporarily_unavailable" }, { status: 400 }),
    "unreachable",
  ],
  ["400 and no JSON", () => new Response("<html>", { status: 400 }), "unreachable"],
  ["no JSON", () => new Response("<html>"), "unreachable"],
  ["a list", () => Response.json([]), "unreachable"],
  ["500", () => Response.json({}, { status: 500 }), "unreachable"],
  ["a redirect", () => Response.redirect("http://127.0.0.1:1/"), "unreachable"],
  ["nothing", () => Response.json({}), "unreachable"],
  ["no ID token", () => Response.json({ access_token: "a", token_type: "Bearer" }), "unreachable"],
  [
    "an ID token that is a number",
    () => Response.json({ access_token: "a", token_type: "Bearer", id_token: 1 }),
    "unreachable",
  ],
  [
    "an empty access token",
    () => Response.json({ access_token: "", token_type: "Bearer", id_token: "a.b.c" }),
    "unreachable",
  ],
  [
    "tokens of another type",
    () => Response.json({ access_token: "a", token_type: "mac", id_token: "a.b.c" }),
    "unreachable",
  ],
  ["10 MB", () => new Response(new Uint8Array(10_000_000)), "unreachable"],
];

for (const [what, answer, reason] of tokenAnswers) {
  hostileTest(`a token endpoint that answers ${what} proves nothing`, async (provider) => {
    provider.answers.set("/token", answer);

    const result = await provider.redeem();
    equal(!result.ok && result.reason, reason, JSON.stringify(result));
  });
}

hostileTest("userinfo is asked for what the ID token lacks", async (it) => {
  it.userinfo = {
    sub: "ann-at-hostile",
    email: "other@example.com",
    email_verified: true,
    name: "Ann Other",
  };
  const profile = async (claims: Record<string, unknown>) => {
    const result = await it.redeem(claims);
    if (!result.ok) return result;
    const { email, emailVerified, name } = result.identity;
    return [email, emailVerified, name];
  };

  const none = { email: undefined, email_verified: undefined, name: undefined };
  deepEqual(await profile(none), ["other@example.com", true, "Ann Other"]);
  // An address is verified only by the word that came along with it.
  deepEqual(await profile({ email_verified: undefined, name: undefined }), [
    "ann@example.com",
    false,
    "Ann Other",
  ]);
  it.userinfo = { sub: "ann-at-hostile", email: "other@example.com" };
  deepEqual(await profile({ email: undefined }), ["other@example.com", false, "Ann"]);
  it.metadata = { userinfo_endpoint: undefined };
  deepEqual(await profile(none), [null, false, ""]);
});

for (const sub of ["bob-at-hostile", undefined, ["ann-at-hostile"], ""]) {
  hostileTest(`userinfo about ${JSON.stringify(sub)} is refused`, async (provider) => {
    provider.userinfo = { sub, email: "ann@example.com", email_verified: true };

    deepEqual(await provider.redeem({ email: undefined }), {
      ok: false,
      reason: "refused",
      detail: "userinfo is about somebody else",
    });
  });
}

hostileTest("userinfo that does not answer is a failure of the provider", async (it) => {
  for (const status of [401, 404, 500]) {
    it.answers.set("/userinfo", () => Response.json({ sub: "ann-at-hostile" }, { status }));
    const result = await it.redeem({ name: undefined });
    equal(!result.ok && result.reason, "unreachable");
  }
});

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
