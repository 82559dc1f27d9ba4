import { deepEqual, equal, match } from "node:assert/strict";
import type { RedeemResult } from "../../../lib/oidc/provider.ts";
import { FakeGithub } from "../../support/fake_github.ts";

const request = {
  state: "state-of-this-browser-0000000000",
  nonce: "nonce-of-this-browser-0000000000",
  codeVerifier: "verifier-of-this-browser-0000000000000000000",
  asksAnew: false,
  startedAt: new Date("2026-11-22T12:00:00Z"),
};

async function redeem(
  github: FakeGithub,
  answer: Record<string, string> = {},
): Promise<RedeemResult> {
  const parameters = new URLSearchParams({ code: "a-code", state: request.state, ...answer });
  return await github.client().redeem(parameters, request);
}

Deno.test("somebody comes back from GitHub, and its API says who they are", async () => {
  const github = new FakeGithub();

  deepEqual(await redeem(github), {
    ok: true,
    identity: {
      issuer: "https://github.com",
      subject: "583231",
      email: "ann@example.com",
      emailVerified: true,
      name: "Ann",
      provesFactor: false,
      authenticatedAt: null,
      providerSession: null,
    },
  });
  const [token, user, emails] = github.asked;
  equal(token?.headers.get("authorization"), `Basic ${btoa("our%2Dclient:our%2Dsecret")}`);
  equal(new URLSearchParams(await token?.text()).get("code_verifier"), request.codeVerifier);
  equal(user?.headers.get("authorization"), "Bearer gho_token");
  equal(emails?.headers.get("authorization"), "Bearer gho_token");
});

Deno.test("GitHub is asked with state, a challenge and the least scope [SEC-K1]", async () => {
  const result = await new FakeGithub().client().authorizationUrl(request);

  const url = new URL(result.ok ? result.url : "");
  equal(url.origin + url.pathname, "https://github.com/login/oauth/authorize");
  equal(url.searchParams.get("scope"), "read:user user:email");
  equal(url.searchParams.get("state"), request.state);
  equal(url.searchParams.get("code_challenge_method"), "S256");
  match(url.searchParams.get("code_challenge") ?? "", /^[\w-]{43}$/);
  equal(
    url.searchParams.get("redirect_uri"),
    "https://app.example/login/with/github/callback",
  );
});

const emails: [what: string, emails: unknown][] = [
  ["no address", []],
  ["an unverified primary one", [{ email: "ann@example.com", primary: true, verified: false }]],
  ["a primary one verified by a text", [
    { email: "ann@example.com", primary: true, verified: "true" },
  ]],
  ["a primary one verified by 1", [{ email: "ann@example.com", primary: true, verified: 1 }]],
  ["a verified one that is not primary", [
    { email: "ann@example.com", primary: false, verified: true },
  ]],
  ["a primary one without a word on it", [{ email: "ann@example.com", primary: true }]],
  ["a primary one that is no address", [{ email: "ann", primary: true, verified: true }]],
  ["null", [null]],
  ["no list", { email: "ann@example.com", primary: true, verified: true }],
];

for (const [what, list] of emails) {
  Deno.test(`GitHub gives no address when it has ${what} [SEC-K7]`, async () => {
    const github = new FakeGithub();
    github.emails = list;

    const result = await redeem(github);
    deepEqual(result.ok && [result.identity.email, result.identity.emailVerified], [null, false]);
  });
}

for (const id of ["583231", 0, -1, 1.5, 2 ** 53, null, undefined, [583_231]]) {
  Deno.test(`the id ${JSON.stringify(id)} is nobody at GitHub [SEC-K6]`, async () => {
    const github = new FakeGithub();
    github.user = { id, login: "ann" };

    const result = await redeem(github);
    equal(!result.ok && result.reason, "unreachable");
  });
}

Deno.test("somebody without a name at GitHub has that of the login", async () => {
  const github = new FakeGithub();
  github.user = { id: 1, login: "ann", name: null };

  const result = await redeem(github);
  equal(result.ok && result.identity.name, "ann");
});

Deno.test("an answer of GitHub may name its issuer, and no other [SEC-K3]", async () => {
  const github = new FakeGithub();

  equal((await redeem(github, { iss: "https://github.com/login/oauth" })).ok, true);
  for (
    const iss of ["https://github.com", "https://github.com/login/oauth/", "https://a.example"]
  ) {
    const result = await redeem(github, { iss });
    equal(!result.ok && result.reason, "refused");
  }
});

Deno.test("an answer with another state is refused, and no code is sent [SEC-K2]", async () => {
  const github = new FakeGithub();

  const result = await redeem(github, { state: "another" });
  equal(!result.ok && result.reason, "refused");
  deepEqual(github.asked, []);
});

Deno.test("somebody who says no at GitHub is not asked for", async () => {
  const github = new FakeGithub();

  deepEqual(await redeem(github, { error: "access_denied" }), {
    ok: false,
    reason: "denied",
    detail: "access_denied",
  });
  deepEqual(github.asked, []);
});

Deno.test("a code that GitHub does not take is refused", async () => {
  const github = new FakeGithub();
  github.answers.set(
    "https://github.com/login/oauth/access_token",
    () => Response.json({ error: "bad_verification_code" }),
  );

  deepEqual(await redeem(github), {
    ok: false,
    reason: "refused",
    detail: "the token endpoint: bad_verification_code",
  });
});

for (const path of ["/user", "/user/emails"]) {
  for (const status of [302, 401, 403, 404, 500]) {
    Deno.test(`${path} that answers ${status} is a failure of GitHub`, async () => {
      const github = new FakeGithub();
      const url = `https://api.github.com${path}`;
      github.answers.set(url, () => Response.json({ id: 1 }, { status }));

      const result = await redeem(github);
      equal(!result.ok && result.reason, "unreachable");
    });
  }
}

Deno.test("GitHub cannot say when somebody logged in, so nobody reauthenticates there", async () => {
  const github = new FakeGithub();
  const answer = new URLSearchParams({ code: "a-code", state: request.state });

  const result = await github.client().redeem(answer, { ...request, asksAnew: true });
  equal(!result.ok && result.reason, "refused");
  equal(github.client().tellsAuthTime, false);
});

Deno.test("GitHub ends no sessions here [SEC-K13]", async () => {
  const client = new FakeGithub().client();

  equal((await client.readLogout("a.b.c")).ok, false);
  equal(client.sendsLogouts, false);
});

Deno.test("GitHub is looked at once in ten seconds; a failure is noticed", async () => {
  const github = new FakeGithub();
  const client = github.client();

  deepEqual(await client.look(), { ok: true, origins: ["https://github.com"] });
  await client.authorizationUrl(request);
  equal(github.asked.length, 1);

  github.now = new Date(github.now.getTime() + 9_999);
  await client.look();
  equal(github.asked.length, 1);

  github.now = new Date(github.now.getTime() + 1);
  github.answers.set(
    "https://github.com/login/oauth/authorize",
    () => new Response("", { status: 503 }),
  );
  const look = await client.look();
  equal(!look.ok && look.reason, "unreachable");
  equal((await client.authorizationUrl(request)).ok, false);
  equal(github.asked.length, 2);
});
