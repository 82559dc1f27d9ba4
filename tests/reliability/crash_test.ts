import { deepEqual, equal, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { EventRecord } from "../../lib/account/event.ts";
import type { User } from "../../lib/account/user.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";

// `CRASHES=50 deno test -A tests/reliability/crash_test.ts` kills more often.
const crashes = Number(Deno.env.get("CRASHES") ?? 2);
/** A kill that came after every answer proves nothing and is repeated, up to this often. */
const MAX_CRASHES = 20;
const { email, password } = ann;

const pause = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));
const cookieOf = (answer: Response) =>
  answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");

/** Kills the server after `enough` acknowledgements: each request's status, null if unknown. */
async function killAmong(
  server: Server,
  acts: readonly (() => Promise<Response>)[],
  enough: number,
): Promise<(number | null)[]> {
  let acknowledged = 0;
  let settled = false;
  const outcomes = Promise.all(acts.map(async (act) => {
    const answer = await act().catch(() => null);
    if (answer?.status === 303) acknowledged++;
    return answer?.status ?? null;
  })).finally(() => settled = true);
  while (acknowledged < enough && !settled) await pause(2);
  await server.stop("SIGKILL");
  return await outcomes;
}

/** Each account has the event of its registration, and one for each change of its password. */
async function everyChangeHasItsEvent({ folder }: Server): Promise<void> {
  using kv = await Deno.openKv(`${folder}/latchkey.db`);
  for await (const { value: user } of kv.list<User>({ prefix: ["user"] })) {
    const kinds: string[] = [];
    for await (const { value } of kv.list<EventRecord>({ prefix: ["event", user.id] })) {
      kinds.push(value.kind);
    }
    const count = (kind: string) => kinds.filter((it) => it === kind).length;
    equal(count("registered"), 1, user.email);
    equal(count("password_changed"), user.epoch, user.email);
  }
}

Deno.test("kill -9 loses no acknowledged registration and leaves no incomplete account, and none without its event [REL-R1] [REL-P1]", async () => {
  await using server = await Server.create({ TRUSTED_PROXY: "1" });
  let unknown = 0;

  for (let crash = 0; crash < crashes || unknown === 0 && crash < MAX_CRASHES; crash++) {
    server.address = `198.51.100.${crash}`; // each network may register only a few
    const people = Array.from(
      { length: 10 },
      (_, i) => ({ ...ann, email: `p${crash}.${i}@x.example` }),
    );
    await server.start();
    const outcomes = await killAmong(
      server,
      people.map((person) => () => server.post("/register", { ...person })),
      3,
    );
    deepEqual(await server.findings(), []);
    await everyChangeHasItsEvent(server);

    await server.start();
    for (const [i, { email }] of people.entries()) {
      const login = await server.post("/login", { email, password });
      if (outcomes[i] === 303) equal(login.status, 303, `${email} was acknowledged`);
      else unknown++;
      // Without an answer, the account either exists or can still be registered.
      if (login.status !== 303) {
        equal((await server.post("/register", { ...ann, email })).status, 303, email);
      }
    }
    await server.stop("SIGKILL");
  }
  ok(unknown > 0, "every kill came after every answer");
});

Deno.test("after kill -9 exactly one password works, ended sessions stay ended, and each change has its event [REL-R2] [REL-P1] [REL-P5]", async () => {
  await using server = await Server.create({ TRUSTED_PROXY: "1" });
  const people = Array.from({ length: 5 }, (_, i) => `p${i}@x.example`);
  const passwords = new Map(people.map((email) => [email, password]));
  await server.start();
  for (const email of people) await server.post("/register", { ...ann, email });

  let unknown = 0;
  for (let crash = 0; crash < crashes || unknown === 0 && crash < MAX_CRASHES; crash++) {
    server.address = `198.51.100.${crash}`;
    const next = `${crash} grey herons wade slowly`;
    const before = await Promise.all(people.map(async (email) => {
      const login = () =>
        server.post("/login", { email, password: passwords.get(email) as string });
      return { desk: cookieOf(await login()), phone: cookieOf(await login()) };
    }));
    const change = (email: string, cookie: string) =>
      server.post("/account/password", {
        current_password: passwords.get(email) as string,
        password: next,
      }, cookie);
    const outcomes = await killAmong(
      server,
      people.map((email, i) => () => change(email, before[i]?.desk ?? "")),
      1 + crash % 3,
    );
    deepEqual(await server.findings(), []);
    await everyChangeHasItsEvent(server);

    await server.start();
    for (const [i, email] of people.entries()) {
      const isNew = (await server.post("/login", { email, password: next })).status === 303;
      const isOld = (await server.post("/login", {
        email,
        password: passwords.get(email) as string,
      })).status === 303;
      ok(isNew !== isOld, `${email}: exactly one password`);
      const phone = await server.post("/profile", { name: "Ann" }, before[i]?.phone);
      equal(phone.headers.get("location"), isNew ? "/login" : "/profile", "the other browser");
      if (outcomes[i] === 303) ok(isNew, `${email} was acknowledged`);
      else unknown++;
      if (isNew) passwords.set(email, next);
    }
  }
  ok(unknown > 0, "every kill came after every answer");
});

Deno.test("an acknowledged logout or account deletion survives kill -9 [REL-P5]", async () => {
  await using server = await Server.create();
  await server.start();
  const registered = cookieOf(await server.post("/register", { ...ann }));
  const phone = cookieOf(await server.post("/login", { email, password, remember: "on" }));
  equal((await server.post("/logout", {}, phone)).headers.get("location"), "/");
  await server.stop("SIGKILL");

  await server.start();
  const isIn = async (cookie: string) =>
    (await server.post("/profile", { name: "Ann" }, cookie)).headers.get("location") === "/profile";
  ok(!await isIn(phone));
  ok(await isIn(registered));
  equal((await server.post("/account/delete", { email }, registered)).headers.get("location"), "/");
  await server.stop("SIGKILL");

  await server.start();
  ok(!await isIn(registered));
  equal((await server.post("/login", { email, password })).status, 422);
});

Deno.test("two processes on one file create one account per address, and no user sees a lock error [REL-R26] [REL-R3]", async () => {
  await using server = await Server.create();
  const sibling = server.sibling();
  await Promise.all([server.start(), sibling.start()]);
  try {
    for (let round = 0; round < 2; round++) {
      const person = { ...ann, email: `r${round}@x.example` };
      const spellings = [person.email, person.email.toUpperCase(), ` ${person.email}`];
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? server : sibling).post("/register", {
            ...person,
            name: `Ann ${i}`, // not one form that was sent twelve times
            email: spellings[i % 3] as string,
          })),
      );
      const statuses = answers.map(({ status }) => status).sort();
      deepEqual(statuses, [303, ...Array.from({ length: 11 }, () => 422)]);
      // A session that one of them started holds with the other.
      const cookie = cookieOf(answers.find(({ status }) => status === 303) as Response);
      for (const it of [server, sibling]) {
        const answer = await it.post("/profile", { name: "Ann" }, cookie);
        equal(answer.headers.get("location"), "/profile");
      }
    }

    // Writes that hash nothing first conflict far more often.
    const login = await server.post("/login", { email: "r0@x.example", password });
    const cookie = cookieOf(login);
    const writes = await Promise.all(
      Array.from(
        { length: 200 },
        (_, i) => (i % 2 ? server : sibling).post("/profile", { name: `Ann ${i}` }, cookie),
      ),
    );
    deepEqual([...new Set(writes.map(({ status }) => status))], [303]);
  } finally {
    await sibling.stop();
  }
});

Deno.test("while another program locks the file, pages can be read and forms answer 503 [REL-R9]", async () => {
  await using server = await Server.create();
  await server.start();
  const cookie = cookieOf(await server.post("/register", { ...ann }));
  const rename = () => server.post("/profile", { name: "Anna" }, cookie);

  const intruder = new DatabaseSync(`${server.folder}/latchkey.db`);
  intruder.exec("BEGIN IMMEDIATE");
  const locked = await rename();
  equal(locked.status, 503);
  equal(locked.headers.get("retry-after"), "5");
  deepEqual(locked.headers.getSetCookie(), []);
  const page = await fetch(`${server.origin}/profile`, { headers: { cookie } });
  equal(page.status, 200);
  await page.body?.cancel();

  intruder.exec("ROLLBACK");
  intruder.close();
  equal((await rename()).status, 303);
});
