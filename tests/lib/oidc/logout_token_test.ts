import { deepEqual, equal, match } from "node:assert/strict";
import {
  clientId,
  type HostileProvider,
  hostileTest,
  newKey,
} from "../../support/hostile_provider.ts";

type Claims = Record<string, unknown>;

const event = "http://schemas.openid.net/event/backchannel-logout";

hostileTest("a logout token says whose sessions end", async (it) => {
  const result = await it.logout({ sid: "their-session" });

  deepEqual(result, {
    ok: true,
    logout: {
      issuer: it.issuer,
      subject: "ann-at-hostile",
      providerSession: "their-session",
      tokenId: "logout-1",
      expiresAt: new Date((seconds(it, 120) + 60) * 1000),
    },
  });
});

hostileTest("a subject or a session is enough", async (it) => {
  const subject = await it.logout({});
  deepEqual(subject.ok && [subject.logout.subject, subject.logout.providerSession], [
    "ann-at-hostile",
    null,
  ]);
  const session = await it.logout({ sub: undefined, sid: "their-session" });
  deepEqual(session.ok && [session.logout.subject, session.logout.providerSession], [
    null,
    "their-session",
  ]);
});

hostileTest(
  "a logout token counts at most until the moment that it names [SEC-K13]",
  async (it) => {
    for (const life of [30, 120, 100_000]) {
      const client = it.client();
      const token = await it.signLogout({ exp: seconds(it, life) });
      const result = await client.readLogout(token);
      const end = result.ok ? result.logout.expiresAt.getTime() : 0;

      it.pass(end - it.now.getTime() - 1_000);
      equal((await client.readLogout(token)).ok, true);
      it.pass(2_000);
      equal((await client.readLogout(token)).ok, false);
    }
  },
);

const spoiled: [what: string, claims: (it: HostileProvider) => Claims, detail: RegExp][] = [
  ["no event", () => ({ events: undefined }), /events/],
  ["another event", () => ({ events: { "https://example.com/event": {} } }), /events/],
  [
    "a second event",
    () => ({ events: { [event]: {}, "https://example.com/event": {} } }),
    /events/,
  ],
  ["its event in a list", () => ({ events: [event] }), /events/],
  ["an event that is no object", () => ({ events: { [event]: true } }), /events/],
  ["a nonce", () => ({ nonce: "nonce" }), /nonce/],
  ["a nonce that is null", () => ({ nonce: null }), /nonce/],
  ["neither subject nor session", () => ({ sub: undefined }), /sub/],
  ["a subject that is no text", () => ({ sub: 1, sid: "their-session" }), /sub/],
  ["a session that is no text", () => ({ sid: ["their-session"] }), /sid/],
  ["a long session", () => ({ sid: "s".repeat(256) }), /sid/],
  ["no id", () => ({ jti: undefined }), /jti/],
  ["an id that is no text", () => ({ jti: 1 }), /jti/],
  ["an empty id", () => ({ jti: "" }), /jti/],
  ["another issuer", () => ({ iss: "https://other.example" }), /iss/],
  ["another audience", () => ({ aud: `${clientId}-2` }), /aud/],
  ["no audience", () => ({ aud: undefined }), /aud/],
  ["no end", () => ({ exp: undefined }), /exp/],
  ["an end 60 seconds ago", (it) => ({ exp: seconds(it, -60) }), /exp/],
  ["no making", () => ({ iat: undefined }), /iat/],
  ["a making in 61 seconds", (it) => ({ iat: seconds(it, 61) }), /iat/],
  ["a making 12 minutes ago", (it) => ({ iat: seconds(it, -720) }), /iat/],
];

for (const [what, claims, detail] of spoiled) {
  hostileTest(`a logout token with ${what} is refused [SEC-K13]`, async (provider) => {
    const result = await provider.logout(claims(provider));

    equal(!result.ok && result.reason, "refused");
    match(result.ok ? "" : result.detail, detail);
  });
}

for (const typ of [undefined, "JWT", "at+jwt", "logout", 1]) {
  hostileTest(
    `a logout token of the type ${JSON.stringify(typ)} is refused [SEC-K13]`,
    async (it) => {
      const result = await it.logout(await it.sign(it.logoutClaims(), { typ }));

      equal(!result.ok && result.reason, "refused");
      match(result.ok ? "" : result.detail, /typ/);
    },
  );
}

hostileTest("a logout token by another key is refused [SEC-K13]", async (it) => {
  const key = { ...await newKey("ES256"), kid: it.keys[0]?.kid ?? "" };
  const result = await it.logout(await it.sign(it.logoutClaims(), { typ: "logout+jwt" }, key));

  equal(!result.ok && result.reason, "refused");
});

hostileTest(
  "an ID token logs nobody out, and a logout token logs nobody in [SEC-K13]",
  async (it) => {
    equal((await it.logout(await it.sign(it.idClaims()))).ok, false);
    equal((await it.redeem(await it.signLogout())).ok, false);
  },
);

hostileTest("what is no token is refused before anybody is asked for keys", async (it) => {
  equal((await it.logout("a".repeat(1_000_000))).ok, false);
  equal(it.count("/keys"), 0);
  for (const token of ["", ".", "..", "a.b.c", "\u0000", "e30.e30.e30"]) {
    const result = await it.logout(token);
    equal(!result.ok && result.reason, "refused");
  }
});

function seconds(provider: HostileProvider, later: number): number {
  return Math.floor(provider.now.getTime() / 1000) + later;
}
