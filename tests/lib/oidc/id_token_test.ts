import { deepEqual, equal } from "node:assert/strict";
import { clientId, type HostileProvider, hostileTest } from "../../support/hostile_provider.ts";

type Claims = Record<string, unknown>;

/** Each spoils one claim; the detail names the check that has to notice. */
const spoiled: [what: string, claims: (provider: HostileProvider) => Claims, detail: RegExp][] = [
  ["another issuer", () => ({ iss: "https://other.example" }), /iss/],
  ["its issuer with a slash", ({ issuer }) => ({ iss: `${issuer}/` }), /iss/],
  ["its issuer in a list", ({ issuer }) => ({ iss: [issuer] }), /iss/],
  ["no issuer", () => ({ iss: undefined }), /iss/],
  ["another audience", () => ({ aud: "another-client" }), /aud/],
  ["an audience that begins like ours", () => ({ aud: `${clientId}-2` }), /aud/],
  ["no audience", () => ({ aud: undefined }), /aud/],
  ["an empty list of audiences", () => ({ aud: [] }), /aud/],
  ["several audiences and no azp", () => ({ aud: [clientId, "another-client"] }), /azp/],
  [
    "several audiences and another azp",
    () => ({ aud: [clientId, "another-client"], azp: "another-client" }),
    /azp/,
  ],
  ["one audience and another azp", () => ({ azp: "another-client" }), /azp/],
  ["an end 60 seconds ago", (it) => ({ exp: seconds(it, -60) }), /exp/],
  ["no end", () => ({ exp: undefined }), /exp/],
  ["an end that is a text", () => ({ exp: "4102444800" }), /exp/],
  ["a beginning in 61 seconds", (it) => ({ nbf: seconds(it, 61) }), /nbf/],
  ["a making in 61 seconds", (it) => ({ iat: seconds(it, 61) }), /iat/],
  ["a making 12 minutes ago", (it) => ({ iat: seconds(it, -720) }), /iat/],
  ["no making", () => ({ iat: undefined }), /iat/],
  ["a making that is a text", (it) => ({ iat: String(seconds(it, 0)) }), /iat/],
  ["another nonce", () => ({ nonce: "nonce-of-another-browser" }), /nonce/],
  ["no nonce", () => ({ nonce: undefined }), /nonce/],
  ["the nonce in a list", (it) => ({ nonce: [it.request().nonce] }), /nonce/],
  ["no subject", () => ({ sub: undefined }), /sub/],
  ["an empty subject", () => ({ sub: "" }), /sub/],
  ["a subject that is a number", () => ({ sub: 42 }), /sub/],
  ["a subject of 256 characters", () => ({ sub: "s".repeat(256) }), /sub/],
  ["a subject with a line break", () => ({ sub: "ann\nadmin" }), /sub/],
  ["a subject beyond ASCII", () => ({ sub: "änn" }), /sub/],
];

for (const [what, claims, detail] of spoiled) {
  hostileTest(`an ID token with ${what} is refused [SEC-K4]`, async (provider) => {
    const result = await provider.redeem(claims(provider));

    equal(!result.ok && result.reason, "refused");
    equal(!result.ok && detail.test(result.detail), true, JSON.stringify(result));
  });
}

const right: [what: string, claims: (provider: HostileProvider) => Claims][] = [
  ["a list of one audience", () => ({ aud: [clientId] })],
  ["several audiences and our azp", () => ({ aud: ["another-client", clientId], azp: clientId })],
  ["an end 59 seconds ago", (it) => ({ exp: seconds(it, -59) })],
  ["a making in 60 seconds", (it) => ({ iat: seconds(it, 60) })],
  ["a making 5 minutes ago, as Microsoft has it", (it) => ({ iat: seconds(it, -300) })],
  ["a subject of 255 characters", () => ({ sub: "s".repeat(255) })],
];

for (const [what, claims] of right) {
  hostileTest(`an ID token with ${what} counts`, async (provider) => {
    equal((await provider.redeem(claims(provider))).ok, true);
  });
}

for (const email_verified of [false, undefined, "true", 1, null, "yes", [true]]) {
  const what = email_verified === undefined ? "absent" : JSON.stringify(email_verified);
  hostileTest(`email_verified that is ${what} verifies nothing [SEC-K7]`, async (provider) => {
    const result = await provider.redeem({ email_verified });

    deepEqual(result.ok && [result.identity.email, result.identity.emailVerified], [
      "ann@example.com",
      false,
    ]);
  });
}

for (const email of ["", "ann", "ann@", "a@b@example.com", `${"a".repeat(309)}@example.com`, 1]) {
  const what = JSON.stringify(email).slice(0, 20);
  hostileTest(`an address that is ${what} is none, and not verified`, async (provider) => {
    const result = await provider.redeem({ email });

    deepEqual(result.ok && [result.identity.email, result.identity.emailVerified], [null, false]);
  });
}

hostileTest("a name is cut to 320 units, between characters", async (provider) => {
  const result = await provider.redeem({ name: `A${"\u{1F600}".repeat(500)}` });

  const name = result.ok ? result.identity.name : "";
  equal(name.length, 320);
  equal(name.isWellFormed(), true);
});

hostileTest("what only looks like a name or a session counts as none", async (provider) => {
  const result = await provider.redeem({ name: { first: "Ann" }, sid: "s".repeat(256) });

  deepEqual(result.ok && [result.identity.name, result.identity.providerSession], ["", null]);
});

const asksAnew = { request: { asksAnew: true } };

const stale: [what: string, auth_time: (provider: HostileProvider) => unknown][] = [
  ["is absent", () => undefined],
  ["is a text", (it) => String(seconds(it, 0))],
  ["is negative", () => -1],
  ["is 61 seconds before the question", (it) => seconds(it, -61)],
  ["is a day old", (it) => seconds(it, -86_400)],
  ["is in 61 seconds", (it) => seconds(it, 61)],
  ["is endless", () => 1e308],
];

for (const [what, authTime] of stale) {
  hostileTest(`asked anew, a login whose auth_time ${what} is refused [SEC-K11]`, async (it) => {
    const result = await it.redeem({ auth_time: authTime(it) }, asksAnew);

    deepEqual(result, { ok: false, reason: "not_anew", detail: "auth_time" });
  });
}

hostileTest(
  "asked anew, auth_time is compared with the question, not the answer [SEC-K11]",
  async (it) => {
    const startedAt = it.now;
    const loggedInAt = seconds(it, -30); // by a clock that is half a minute late
    it.pass(5 * 60_000);

    const result = await it.redeem({ auth_time: loggedInAt }, {
      request: { asksAnew: true, startedAt },
    });
    deepEqual(result.ok && result.identity.authenticatedAt, new Date(loggedInAt * 1000));

    const old = await it.redeem({ auth_time: seconds(it, -361) }, {
      request: { asksAnew: true, startedAt },
    });
    equal(old.ok, false);
  },
);

hostileTest("auth_time by a clock that is ahead counts as now [SEC-K11]", async (it) => {
  const result = await it.redeem({ auth_time: seconds(it, 60) }, asksAnew);

  deepEqual(result.ok && result.identity.authenticatedAt, it.now);
});

hostileTest(
  "auth_time is believed unasked only where the settings say so [SEC-K11]",
  async (it) => {
    const auth_time = seconds(it, -600);
    const believing = { trust: { amr: [], acr: [], authTime: true } };

    const unasked = await it.redeem({ auth_time });
    equal(unasked.ok && unasked.identity.authenticatedAt, null);
    const believed = await it.redeem({ auth_time }, { config: believing });
    deepEqual(believed.ok && believed.identity.authenticatedAt, new Date(auth_time * 1000));
    const nonsense = await it.redeem({ auth_time: seconds(it, 600) }, { config: believing });
    equal(nonsense.ok && nonsense.identity.authenticatedAt, null);
  },
);

hostileTest(
  "a second factor is believed only by the words in the settings [SEC-K11]",
  async (it) => {
    const config = { trust: { amr: ["mfa"], acr: ["phrh"], authTime: false } };
    const proves = async (claims: Claims, settings = {}) => {
      const result = await it.redeem(claims, { config: settings });
      return result.ok && result.identity.provesFactor;
    };

    equal(await proves({ amr: ["pwd", "mfa"], acr: "phrh" }), false);
    equal(await proves({ amr: ["pwd", "mfa"] }, config), true);
    equal(await proves({ acr: "phrh" }, config), true);
    equal(await proves({ amr: ["pwd", "otp"], acr: "phr" }, config), false);
    equal(await proves({ amr: "mfa", acr: ["phrh"] }, config), false);
    equal(await proves({}, config), false);
  },
);

function seconds(provider: HostileProvider, later: number): number {
  return Math.floor(provider.now.getTime() / 1000) + later;
}
