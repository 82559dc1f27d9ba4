import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Accounts } from "../../../lib/account/accounts.ts";
import { makeHash } from "../../../lib/credential/hash_algorithms.ts";
import { Passwords } from "../../../lib/credential/password.ts";
import type { User } from "../../../lib/account/user.ts";
import { MINUTE } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import type { Mail } from "../../../lib/mail/mail.ts";
import { test, testWithMail, TestWorld, withMail } from "../../support/world.ts";

const { email, password } = ann;

test("deleting the account removes every record, ends every session and frees the address [SEC-N10]", async (world) => {
  await world.bob();
  const before = (await world.dump()).map((entry) => entry.key);
  const desk = await world.ann();
  const phone = world.browser();
  await phone.post("/login", { email, password, remember: "on" });
  await phone.post("/reauthenticate", { password });

  const answer = await desk.post("/account/delete", { email });
  equal(answer.headers.get("location"), "/");
  match(await (await desk.follow(answer)).text(), /Your account has been deleted\./);
  deepEqual((await world.dump()).map((entry) => entry.key), before, "only Bob is left");

  equal((await desk.get("/profile")).status, 302);
  equal((await phone.get("/profile")).status, 302);
  phone.restart();
  equal((await phone.get("/profile")).status, 302);
  equal((await world.browser().post("/login", { email, password })).status, 422);
  await world.ann();
});

test("deletion needs the account's address, in any spelling", async (world) => {
  const browser = await world.ann();

  for (const typed of ["", "yes", bob.email]) {
    const answer = await browser.post("/account/delete", { email: typed });
    equal(answer.status, 422);
    const page = await answer.text();
    match(
      page,
      typed ? /id="email-problem">This isn’t your account’s email address/ : /Please fill this in/,
    );
    ok(page.includes(`value="${typed}"`));
  }
  equal((await browser.get("/profile")).status, 200);
  equal((await browser.post("/account/delete", { email: " ANN@example.com " })).status, 303);
});

test("a stale login deletes nothing [SEC-D17]", async (world) => {
  const browser = await world.ann();
  world.pass(10 * MINUTE);

  equal(
    (await browser.post("/account/delete", { email })).headers.get("location"),
    "/reauthenticate",
  );
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

test("a parallel deletion and renaming leave no partial account", async (world) => {
  for (let round = 0; round < 10; round++) {
    const browser = await world.ann();
    const [, deleted] = await Promise.all([
      browser.copy().post("/profile", { name: "Anna" }),
      browser.copy().post("/account/delete", { email }),
    ]);
    equal(deleted.status, 303);
    deepEqual(await world.records(), []);
  }
});

test("a late second deletion does not touch the address's new account", async (world) => {
  const squatter = await world.ann();
  const user = (await world.dump()).find((entry) => entry.key[0] === "user")?.value as User;
  await squatter.post("/account/delete", { email });
  await world.ann(); // somebody else, with the same address

  const accounts = new Accounts(
    world.kv,
    new Passwords(makeHash, { memoryKiB: 8, passes: 1 }, []),
    () => world.now,
  );
  await accounts.delete(user, () => Promise.resolve(true));
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

test("a slow form does nothing if its session ends before the body is complete [REL-P5]", async (world) => {
  const desk = await world.ann();
  const thief = desk.copy();
  const rest = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode("email=ann"));
      await rest.promise;
      controller.enqueue(new TextEncoder().encode("%40example.com"));
      controller.close();
    },
  });

  const held = thief.postBody("/account/delete", body, { "content-length": "23" });
  // Enough time for a guard to pass, if it ran before the body is complete.
  for (let i = 0; i < 3; i++) await desk.get("/profile");
  await desk.post("/logout");
  rest.resolve();
  equal((await held).headers.get("location"), "/");
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

testWithMail(
  "one mail tells of a deletion, and no record of the user is left [SEC-N10]",
  async (world) => {
    await world.bob();
    const before = (await world.records()).map((entry) => entry.key);
    const browser = await world.ann();
    await world.browser().post("/login", { email, password }); // its notice has a link
    await browser.post("/reauthenticate", { password });
    await browser.post("/account/email", { email: "ann@example.org" });
    await world.browser().post("/password-reset", { email });
    const count = (await world.delivered()).length;

    equal((await browser.post("/account/delete", { email })).status, 303);
    deepEqual(
      (await world.delivered()).slice(count).map(({ to, subject }) => [to.address, subject]),
      [
        [email, "Your account was deleted"],
      ],
    );
    deepEqual((await world.records()).map((entry) => entry.key), before, "only Bob is left");
  },
);

Deno.test("a mail that is under way while its user is deleted has a dead link [SEC-N10]", async () => {
  const gate = Promise.withResolvers<void>();
  const underWay: Mail[] = [];
  let isHeld = false;
  await using world: TestWorld = await TestWorld.create({
    config: withMail,
    send: async (mail) => {
      if (isHeld) {
        underWay.push(mail);
        await gate.promise;
      }
      world.sent.push(mail);
    },
  });
  const browser = await world.ann();
  await browser.post("/reauthenticate", { password });
  isHeld = true;
  await world.browser().post("/login", { email, password });
  while (underWay.length === 0) await new Promise((resolve) => setTimeout(resolve));
  await browser.post("/account/delete", { email });
  gate.resolve();

  const notice = (await world.delivered()).find(({ subject }) => subject.startsWith("New login"));
  const link = /^https:\/\/app\.example(\/undo\/\S+)$/m.exec(notice?.text ?? "")?.[1] ?? "";
  const opened = await browser.get(link);
  equal(opened.headers.get("location"), "/undo");
  equal((await browser.follow(opened)).status, 410);
  equal((await browser.post("/undo")).status, 410);
});
