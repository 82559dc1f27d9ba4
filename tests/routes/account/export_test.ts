import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { z } from "zod";
import { recordKinds } from "../../../lib/cli/kv_check.ts";
import { DAY } from "../../../lib/time.ts";
import { leftOut, toldIn } from "../../../routes/account_export.ts";
import { ann } from "../../support/people.ts";
import { asRole, userOf } from "../../support/roles.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import { Server } from "../../support/server.ts";
import { runTask } from "../../support/task.ts";
import { test, testWithMail } from "../../support/world.ts";

const date = z.iso.datetime();
const words = z.array(z.string());

/** The documented shape; `strictObject` refuses anything more. */
const shape = z.strictObject({
  format: z.literal("latchkey-account"),
  version: z.literal(1),
  exportedAt: date,
  user: z.strictObject({
    id: z.string(),
    email: z.email(),
    emailVerified: z.boolean(),
    name: z.string(),
    lang: z.string(),
    active: z.boolean(),
    suspension: z.object({ reason: z.string(), at: date }).nullable(),
    passwordCompromised: z.boolean(),
    factors: words,
    newBrowserNotices: z.boolean(),
    createdAt: date,
    expiresAt: date.nullable(),
    undone: z.array(z.object({ since: date, until: date, email: z.string() })),
  }),
  password: z.strictObject({ isSet: z.boolean() }),
  sessions: z.array(z.strictObject({
    id: z.string(),
    createdAt: date,
    seenAt: date,
    authenticatedAt: date.nullable(),
    expiresAt: date,
    methods: words,
    issuer: z.string().nullable(),
    network: z.string().nullable(),
    userAgent: z.string(),
    browser: z.string().nullable(),
    system: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })),
  secondFactors: z.strictObject({
    app: z.strictObject({ enrolledAt: date, disabledAt: date.nullable() }).nullable(),
    recoveryCodesLeft: z.int(),
  }),
  passkeys: z.array(z.strictObject({
    id: z.string(),
    name: z.string(),
    transports: words,
    createdAt: date,
    lastUsedAt: date.nullable(),
  })),
  identities: z.array(z.strictObject({
    issuer: z.string(),
    provider: z.string(),
    subject: z.string(),
    email: z.string().nullable(),
    linkedAt: date,
    lastUsedAt: date.nullable(),
    loggedOutAt: date.nullable(),
  })),
  roles: z.array(z.strictObject({ role: z.string(), since: date.nullable() })),
  apiTokens: z.array(z.strictObject({
    id: z.string(),
    name: z.string(),
    scopes: words,
    createdAt: date,
    expiresAt: date,
    lastUsedAt: date.nullable(),
  })),
  mailedLinks: z.array(z.strictObject({
    purpose: z.string(),
    email: z.string(),
    createdAt: date,
    expiresAt: date,
  })),
  events: z.array(z.strictObject({
    id: z.string(),
    kind: z.string(),
    at: date,
    browser: z.string().nullable(),
    system: z.string().nullable(),
    network: z.string().nullable(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    by: z.enum(["user", "command", "administrator"]),
  })),
});

test("the file tells what the site knows, in the documented shape, without secrets", async (world) => {
  const { recoveryCodes } = await withSecondFactor(world);
  const { browser, user } = await asRole(world, ["support"]);
  const answer = await browser.post("/account/export");

  equal(answer.status, 200);
  equal(
    answer.headers.get("content-disposition"),
    'attachment; filename="latchkey-account-2026-11-22.json"',
  );
  equal(answer.headers.get("cache-control"), "private, no-store");
  const text = await answer.text();
  const file = shape.parse(JSON.parse(text));
  equal(file.user.email, user.email);
  deepEqual(file.roles.map(({ role }) => role), ["support"]);
  equal(file.secondFactors.recoveryCodesLeft, 10);
  deepEqual(file.events.map(({ kind }) => kind), [
    "exported",
    "logged_in",
    "role_changed",
    "logged_in",
    "registered",
  ]);
  const dump = JSON.stringify((await world.dump()).map(({ value }) => value));
  const secrets = [...dump.matchAll(/"(?:secretDigest|hash|sealed|digest|mac)":"([^"]{12,})"/g)];
  ok(secrets.length > 3);
  for (const [, secret = ""] of secrets) ok(!text.includes(secret), secret);
  for (const code of recoveryCodes) ok(!text.includes(code));
});

Deno.test("every kind of record is told, or left out for a reason", () => {
  const told = Object.values(toldIn).flat();
  deepEqual([...told, ...Object.keys(leftOut)].sort(), [...recordKinds].sort());
});

Deno.test("EXPORT.md describes every field of the file", async () => {
  const page = await Deno.readTextFile(new URL("../../../.github/EXPORT.md", import.meta.url));
  const fields = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  deepEqual(fields, Object.keys(shape.shape));
});

test("a thousand events are read in pages, and a failure leaves no complete file [REL-R9]", async (world) => {
  await world.ann();
  const user = await userOf(world, ann);
  for (let i = 0; i < 300; i++) {
    for (const { key, value } of await world.services.events.records(user.id, { kind: "undone" })) {
      await world.database.set([...key], value);
    }
  }
  const { accountExport } = world.services;
  const text = (await Array.fromAsync(accountExport.pieces(user))).join("");
  equal(shape.parse(JSON.parse(text)).events.length, 302);

  let written = "";
  let reads = 0;
  await rejects(async () => {
    for await (const piece of accountExport.pieces(user)) {
      written += piece;
      if (piece.includes('"kind"') && reads++ === 50) world.broken.fault = "fail";
    }
  });
  world.broken.fault = "none";
  ok(written.includes('"kind"'));
  match(throwsOf(() => JSON.parse(written)), /JSON/);
});

function throwsOf(act: () => unknown): string {
  try {
    act();
    return "";
  } catch (error) {
    return String(error);
  }
}

test("the file needs a fresh login, and comes ten times a day [SEC-D17]", async (world) => {
  const browser = await world.ann();
  for (let i = 0; i < 10; i++) {
    const answer = await browser.post("/account/export");
    equal(answer.status, 200);
    await answer.body?.cancel();
  }
  equal((await browser.post("/account/export")).status, 429);
  world.pass(DAY - 1);
  await browser.post("/login", { email: ann.email, password: ann.password });
  world.pass(1);
  const answer = await browser.post("/account/export");
  equal(answer.status, 200);
  await answer.body?.cancel();

  const remembered = world.browser();
  await remembered.post("/login", { email: ann.email, password: ann.password, remember: "on" });
  remembered.restart();
  equal((await remembered.post("/account/export")).headers.get("location"), "/reauthenticate");
});

testWithMail("mailed links that still work are told, without their tokens", async (world) => {
  const browser = await world.ann();
  await browser.post("/password-reset", { email: ann.email });
  const link = await world.linkTo(ann.email);
  const user = await userOf(world, ann);

  const text = (await Array.fromAsync(world.services.accountExport.pieces(user))).join("");
  const { mailedLinks } = shape.parse(JSON.parse(text));
  deepEqual(mailedLinks.map(({ purpose }) => purpose), ["reset_password"]);
  ok(!text.includes(link.split(".").at(-1) ?? ""));
});

Deno.test("deno task users:export prints the same file", async () => {
  await using server = await Server.create();
  await server.start();
  await server.post("/register", { ...ann });
  await server.stop();
  const { code, out } = await runTask(
    "users:export",
    server.folder,
    [ann.email],
    undefined,
    server.environment,
  );

  equal(code, 0);
  const file = shape.parse(JSON.parse(out));
  deepEqual(file.events.map(({ kind, by }) => `${kind} ${by}`), [
    "exported command",
    "logged_in user",
    "registered user",
  ]);
});
