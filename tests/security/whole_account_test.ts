import { deepEqual, equal, match, ok } from "node:assert/strict";
import { ann } from "../support/people.ts";
import { act, asRole, giveRoles, userOf } from "../support/roles.ts";
import { enterCode, enterPassword, withSecondFactor } from "../support/second_factor.ts";
import { TestWorld, withMail } from "../support/world.ts";
import { exampleProvider, provedAtExample } from "../support/example_provider.ts";
import { newIdentity } from "../../lib/credential/identity_record.ts";

/** Kinds of records that name nobody, or are for the person: the mail about the deletion. */
const named = ["rate", "outbox", "health"];

Deno.test("a deletion leaves no trace of a person who used everything, and tells by mail [SEC-N10]", async () => {
  const config = { ...withMail, loginByMail: true, providers: [exampleProvider] };
  await using world = await TestWorld.create({ config });
  const it = await withSecondFactor(world);
  const { services, database } = world;
  const { browser: admin } = await asRole(world, ["admin"]);
  await world.delivered();
  const others = new Set((await world.dump()).map(({ key }) => JSON.stringify(key)));

  // Sessions with data and series, a pending login, mailed links, a held request.
  const desk = world.browser();
  await enterPassword(desk, ann, { remember: "on" });
  equal((await enterCode(desk, it.nextCode())).status, 303);
  await enterPassword(world.browser());
  await desk.post("/profile", { name: "Ann Lovelace" });
  await desk.post("/account/recovery-codes");
  await desk.post("/account/export").then((answer) => answer.body?.cancel());
  await world.browser().post("/password-reset", { email: ann.email });
  await world.browser().post("/login/link", { email: ann.email });
  await desk.post("/account/email", { email: "ann.lovelace@example.com" });
  // An identity, a role, an API token, a passkey's challenge, an invitation.
  const user = await userOf(world, ann);
  const identity = newIdentity(
    { name: "x" },
    provedAtExample({ subject: "ann-there", email: ann.email, emailVerified: true, name: "Ann" })
      .identity,
  );
  ok((await services.identities.link(user, identity)).ok);
  const scopes = ["profile:read"] as const;
  const token = { name: "Ann's script", scopes, days: 30 };
  ok((await services.apiTokens.create(user, token, () => Promise.resolve())).ok);
  await giveRoles(world, ann, ["support"]);
  await desk.post("/account/passkeys/options");
  await world.delivered();

  const kinds = new Set(
    (await world.dump()).filter(({ key }) => !others.has(JSON.stringify(key)))
      .map(({ key }) => String(key[0])),
  );
  for (
    const kind of [
      ...["session", "remember", "pending_login", "email_token", "identity", "identity_of"],
      ...["role", "api_token", "event", "event_by_time"],
    ]
  ) {
    ok(kinds.has(kind), `no ${kind} was made`);
  }
  equal((await act(admin, user.id, "delete")).status, 303);
  match((await world.mailTo(ann.email)).text, /was deleted/);
  await world.delivered();

  const traces = [user.id, ann.email, "ann.lovelace", "Lovelace", "ann-there", "Ann's script"];
  const left = (await Array.fromAsync(database.list({ prefix: [] })))
    .filter(({ key }) => !named.includes(String(key[0])))
    .filter(({ key, value }) => {
      const text = JSON.stringify([key, value]);
      return traces.some((trace) => text.includes(trace));
    });
  deepEqual(left.map(({ key }) => key), []);
  equal((await desk.get("/profile")).status, 302);
  await world.register(ann);
});
