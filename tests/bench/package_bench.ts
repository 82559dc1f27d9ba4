/**
 * The package's share of a request of a logged-in user, on a store that answers at once:
 * `deno bench tests/bench`.
 */
import { Cookies } from "../../lib/login/cookies.ts";
import { fingerprintOf, withoutVersions } from "../../lib/login/protection.ts";
import { recommendedLifetimes } from "../../lib/login/lifetimes.ts";
import { sessionInit } from "../../lib/login/session_init.ts";
import { Sessions } from "../../lib/login/sessions.ts";
import type { SessionStore, StoredRecord, StoreWrite } from "../../lib/login/store.ts";
import { digestToken, mintToken, parseToken } from "../../lib/login/token.ts";

const user = { id: "wsT7oqCX2tZm3o1bsvp9Gg", name: "Ann", active: true, epoch: 0 };
const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/** Keeps the record that was written last. */
let kept: StoredRecord = { key: [], value: undefined, version: null };
const store: SessionStore = {
  get: () => Promise.resolve(kept),
  list: () => Promise.resolve([]),
  commit({ set = [] }) {
    const { key, value } = set[0] as StoreWrite;
    kept = { key, value, version: "1" };
    return Promise.resolve(true);
  },
};
const sessions = new Sessions(
  store,
  (id) => Promise.resolve(id === user.id ? user : null),
  recommendedLifetimes,
  () => new Date(),
);
const token = mintToken(user.id);
const fingerprint = await fingerprintOf(withoutVersions(userAgent));
const started = await sessions.start(
  user,
  token,
  sessionInit({ userAgent, network: () => "192.0.2.x" }, fingerprint),
  {},
);
if (!started.ok) throw new Error("Cannot start a session");
const text = started.issued.token;

Deno.bench("parse the token", () => {
  parseToken(text);
});

Deno.bench("digest the token", async () => {
  await digestToken("session", token);
});

Deno.bench("check the session: read two records, digest, compare, judge", async () => {
  await sessions.resume(token);
});

Deno.bench("cookie to user: all of these", async () => {
  const parsed = new Cookies(() => text).token("session");
  const resumed = parsed && await sessions.resume(parsed);
  if (!resumed?.ok) throw new Error("Cannot resume the session");
});

Deno.bench("fingerprint the browser", async () => {
  await fingerprintOf(withoutVersions(userAgent));
});
