import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { en } from "../../../views/text/en.ts";
import { Authenticator } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { allForms, senderOf } from "../../support/forms.ts";
import { ann, eve } from "../../support/people.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import { test, testWithMail, TestWorld } from "../../support/world.ts";

const { email, password } = ann;
const finishPage = "/reauthenticate/finish";
const newEmail = "ann@example.org";

/** Ann's browser, logged in too long ago to change her address. */
async function stale(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  world.pass(10 * MINUTE);
  return browser;
}

/** Ann's browser, which sent a form that is held, and proved who she is. */
async function proved(world: TestWorld, path: string, fields: Record<string, string>) {
  const browser = await stale(world);
  const answer = await browser.post(path, fields);
  deepEqual([answer.status, answer.headers.get("location")], [303, "/reauthenticate"]);
  const proof = await browser.post("/reauthenticate", { password });
  equal(proof.headers.get("location"), finishPage);
  return browser;
}

/** The id in the form of the page that finishes. */
async function idOn(browser: Browser): Promise<string> {
  const page = await (await browser.get(finishPage)).text();
  return /name="id" value="([\w-]+)"/.exec(page)?.[1] ?? "none";
}

async function finish(browser: Browser): Promise<Response> {
  return await browser.post(finishPage, { id: await idOn(browser) });
}

function heldRecords(world: TestWorld): Promise<Deno.KvEntry<unknown>[]> {
  return Array.fromAsync(world.database.list({ prefix: ["held_request"] }));
}

test("a form that met a stale login is done after the proof, with one button", async (world) => {
  const browser = await stale(world);
  const refused = await browser.post("/account/delete", { email });
  match(await (await browser.follow(refused)).text(), /then you can finish what you began/);
  const proof = await browser.post("/reauthenticate", { password });
  const page = await (await browser.follow(proof)).text();
  match(page, /Delete your account/);
  equal((await browser.get("/profile")).status, 200, "nothing happened yet");

  const answer = await finish(browser);

  deepEqual([answer.status, answer.headers.get("location")], [303, "/"]);
  match(await (await browser.follow(answer)).text(), /Your account has been deleted/);
  equal(browser.cookies.has("__Host-session"), false, "the route’s cookies reach the browser");
  equal((await world.browser().post("/login", { ...ann })).status, 422);
});

testWithMail("the page names what was typed, and the route has the last word", async (world) => {
  const browser = await proved(world, "/account/email", { email: "<b>no address" });
  match(
    await (await browser.get(finishPage)).text(),
    /Change your email address: <bdi>&lt;b&gt;no address<\/bdi>/,
  );

  const answer = await finish(browser);

  equal(answer.status, 422);
  match(await answer.text(), /value="&lt;b&gt;no address"/);
  equal((await browser.get("/account/email")).status, 200);
});

test("the page says which passkey would be removed, or renamed and to what", async (world) => {
  const browser = await world.ann();
  const authenticator = new Authenticator();
  const options = (path: string) => browser.post(`${path}/options`).then((it) => it.json());
  const credential = authenticator.create(await options("/account/passkeys"));
  await browser.post("/account/passkeys", { credential });
  const path = `/account/passkeys/${authenticator.id}`;
  equal((await browser.post(`${path}/rename`, { name: "Blue <key>" })).status, 303);

  const pageOf = async (action: string, fields: Record<string, string>) => {
    world.pass(10 * MINUTE);
    await browser.post(`${path}/${action}`, fields);
    const proof = authenticator.get(await options("/reauthenticate"));
    const answer = await browser.post("/reauthenticate", { credential: proof });
    equal(answer.headers.get("location"), finishPage);
    return await (await browser.get(finishPage)).text();
  };

  match(await pageOf("remove", {}), /Remove a passkey: <bdi>Blue &lt;key&gt;<\/bdi>/);
  match(
    await pageOf("rename", { name: "Red" }),
    /Rename a passkey: <bdi>Blue &lt;key&gt;<\/bdi> → <bdi>Red<\/bdi>/,
  );
});

test("the answer of a finished form has each header once, and is logged as its own request", async (world) => {
  const browser = await proved(world, "/account/delete", { email: "another@example.com" });
  const page = await browser.get("/account/delete");
  const answer = await finish(browser);

  equal(answer.status, 422);
  const headers = (it: Response) => [...it.headers].filter(([name]) => name !== "set-cookie");
  deepEqual(headers(answer), headers(page));
  const requests = world.events("request").slice(-2).map((
    { facts },
  ) => [facts.route, facts.status]);
  deepEqual(requests, [["/account/delete", 422], [finishPage, 422]]);
});

// A route that a script calls is not held: nobody would see its answer.
const scripted = /\/options$/;

for (const { path, config, ...form } of allForms) {
  Deno.test(`if POST ${path} needs a fresh login, it is held and then answers as if it were fresh`, async () => {
    await using fresh = await TestWorld.create({ config });
    const direct = await (await senderOf(form, fresh, await fresh.ann())).post(path, form.fields);

    await using world = await TestWorld.create({ config });
    const browser = await senderOf(form, world, await world.ann());
    world.pass(10 * MINUTE);
    const refused = await browser.post(path, form.fields);
    const isFreshRoute = refused.headers.get("location") === "/reauthenticate";
    if (!isFreshRoute || scripted.test(path) || path === finishPage) {
      return void equal((await heldRecords(world)).length, 0);
    }

    await browser.post("/reauthenticate", { password });
    const page = await (await browser.get(finishPage)).text();
    ok(Object.values(en.finish.actions).some((it) => page.includes(it)), page);
    const answer = await finish(browser);
    deepEqual(
      [answer.status, answer.headers.get("location")],
      [direct.status, direct.headers.get("location")],
    );
    for (const { value } of await heldRecords(world)) equal(Object(value).sealed.length, 0);
  });
}

testWithMail("a held request is done once, though its button is pressed twice", async (world) => {
  const browser = await proved(world, "/account/email", { email: newEmail });
  const id = await idOn(browser);
  const tabs = Array.from({ length: 5 }, () => browser.copy());

  const answers = await Promise.all(tabs.map((it) => it.post(finishPage, { id })));

  const locations = answers.map((it) => it.headers.get("location")).sort();
  deepEqual(locations, ["/account/email", ...Array(4).fill(finishPage)]);
  const again = await browser.get(finishPage);
  equal(again.headers.get("location"), "/account");
  match(await (await browser.follow(again)).text(), /There’s nothing to finish/);
  const mails = (await world.delivered()).filter(({ to }) => to.address === newEmail);
  equal(mails.length, 1);
});

test("a held request is done although the database sends its commit twice", async (world) => {
  const browser = await proved(world, "/account/delete", { email });
  const id = await idOn(browser);
  world.broken.fault = "repeated";

  equal((await browser.post(finishPage, { id })).headers.get("location"), "/");
  deepEqual(await world.records(), []);
});

test("a held request ends after ten minutes", async (world) => {
  const browser = await stale(world);
  await browser.post("/account/delete", { email });
  world.pass(10 * MINUTE - SECOND);
  await browser.post("/reauthenticate", { password });
  const id = await idOn(browser);
  notEqual(id, "none");

  world.pass(SECOND);

  equal((await browser.get(finishPage)).headers.get("location"), "/account");
  await browser.post(finishPage, { id });
  equal((await browser.get("/profile")).status, 200);
});

test("a held request is found after the session got a new token, and in no other session", async (world) => {
  const browser = await proved(world, "/account/delete", { email });
  await browser.post("/reauthenticate", { password });
  const id = await idOn(browser);
  notEqual(id, "none");
  const other = world.browser();
  await other.post("/login", { ...ann });

  equal(await idOn(other), "none");
  await other.post(finishPage, { id });
  equal((await other.get("/profile")).status, 200);
});

test("a held request that was copied to another session does not open", async (world) => {
  const browser = await proved(world, "/account/delete", { email });
  const [held] = await heldRecords(world);
  const id = await idOn(browser);
  const other = world.browser();
  await other.post("/login", { ...ann });
  const sessions = await Array.fromAsync(world.database.list({ prefix: ["session"] }));
  for (const { key } of sessions) {
    await world.database.set(["held_request", String(key[2])], held?.value);
  }

  equal(await idOn(browser), id);
  equal(await idOn(other), "none");
  await other.post(finishPage, { id });
  equal((await other.get("/profile")).status, 200);
});

test("a held request is worthless after a logout", async (world) => {
  const browser = await proved(world, "/account/delete", { email });
  const id = await idOn(browser);
  await browser.post("/logout");
  await browser.post("/login", { ...ann });

  equal(await idOn(browser), "none");
  await browser.post(finishPage, { id });
  equal((await browser.get("/profile")).status, 200);
});

testWithMail("the button on an older page does not do what was begun later", async (world) => {
  const browser = await proved(world, "/account/email", { email: newEmail });
  const older = await idOn(browser);
  world.pass(10 * MINUTE);
  await browser.post("/account/delete", { email });
  await browser.post("/reauthenticate", { password });

  const answer = await browser.post(finishPage, { id: older });

  equal(answer.headers.get("location"), finishPage);
  match(await (await browser.follow(answer)).text(), /Delete your account/);
});

test("a held request can be declined", async (world) => {
  const browser = await proved(world, "/account/delete", { email });
  const id = await idOn(browser);

  const answer = await browser.post(`${finishPage}/decline`);

  match(await (await browser.follow(answer)).text(), /nothing has been changed/);
  deepEqual(await heldRecords(world), []);
  await browser.post(finishPage, { id });
  equal((await browser.get("/profile")).status, 200);
});

test("a held request needs a fresh login, and a stale one does not replace it", async (world) => {
  const browser = await stale(world);
  await browser.post("/account/delete", { email });

  const page = await browser.get(finishPage);
  equal(page.headers.get("location"), "/reauthenticate?next=%2Freauthenticate%2Ffinish");
  equal((await browser.post(finishPage, { id: "x" })).headers.get("location"), "/reauthenticate");
  await browser.post("/reauthenticate", { password, next: finishPage });
  equal((await finish(browser)).headers.get("location"), "/");
});

for (const name of ["password", "current_password"]) {
  test(`a form with the field ${name} is not held, and its sender is told`, async (world) => {
    const browser = await stale(world);
    const answer = await browser.post("/account/delete", { email, [name]: password });

    match(await (await browser.follow(answer)).text(), /what you sent wasn’t saved/);
    deepEqual(await heldRecords(world), []);
    const proof = await browser.post("/reauthenticate", { password });
    equal(proof.headers.get("location"), "/profile");
  });
}

test("at most 16 KiB are held", async (world) => {
  const browser = await stale(world);
  const fits = await browser.post("/account/delete", { email: "x".repeat(16_000) });
  match(await (await browser.follow(fits)).text(), /finish what you began/);
  const [held] = await heldRecords(world);

  const tooLong = await browser.post("/account/delete", { email: "x".repeat(16_370) });
  match(await (await browser.follow(tooLong)).text(), /what you sent wasn’t saved/);
  deepEqual((await heldRecords(world))[0]?.versionstamp, held?.versionstamp);
});

test("nothing is held for a guest, a script, or a login that is fresh", async (world) => {
  const browser = await world.ann();
  await browser.post("/account/delete", { email: "another@example.com" });
  await world.browser().post("/account/delete", { email });
  world.pass(10 * MINUTE);
  await browser.post("/account/delete", { email }, { "sec-fetch-dest": "empty" });

  deepEqual(await heldRecords(world), []);
});

testWithMail("what is held can be read neither in the database nor in the log", async (world) => {
  const browser = await proved(world, "/account/email", { email: eve.email });
  const values = (await heldRecords(world)).map(({ value }) => Deno.inspect(value));
  const bytes = (await heldRecords(world)).map(({ value }) =>
    new TextDecoder().decode(Object(value).sealed)
  );

  equal(values.length, 1);
  ok(![...values, ...bytes, ...world.lines].some((it) => it.includes("eve@")));
  equal((await finish(browser)).headers.get("location"), "/account/email");
});

test("an account that is deleted leaves nothing held behind", async (world) => {
  const browser = await stale(world);
  await browser.post("/account/delete", { email });
  const other = world.browser();
  await other.post("/login", { ...ann });

  await other.post("/account/delete", { email });

  deepEqual(await world.records(), []);
});

test("somebody who has a second factor proves it before what is held is done", async (world) => {
  const { browser, nextCode } = await withSecondFactor(world);
  world.pass(10 * MINUTE);
  await browser.post("/account/delete", { email });

  equal((await browser.post("/reauthenticate", { password })).status, 422);
  equal((await browser.get(finishPage)).status, 302);
  const proof = await browser.post("/reauthenticate", { code: nextCode() });
  equal(proof.headers.get("location"), finishPage);
  equal((await finish(browser)).headers.get("location"), "/");
});

test("a form is held too when a fresh login lacks the second factor", async (world) => {
  const { browser, nextCode } = await withSecondFactor(world); // its session began before
  const answer = await browser.post("/account/delete", { email });

  match(await (await browser.follow(answer)).text(), /then you can finish what you began/);
  const proof = await browser.post("/reauthenticate", { code: nextCode() });
  equal(proof.headers.get("location"), finishPage);
});
