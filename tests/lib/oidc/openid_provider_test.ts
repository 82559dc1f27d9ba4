import { deepEqual, equal } from "node:assert/strict";
import { hostileTest } from "../../support/hostile_provider.ts";

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
