import { Redis } from "ioredis";
import { equal, ok, rejects, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { DAY, MINUTE, SECOND, type SessionStore } from "@latchkey/login";
import { d1Schema, d1Store } from "@latchkey/login/d1";
import { kvStore } from "@latchkey/login/kv";
import { memoryStore } from "@latchkey/login/memory";
import { redisStore } from "@latchkey/login/redis";
import { type SqliteLike, sqliteStore } from "@latchkey/login/sqlite";
import { storeContract } from "@latchkey/login/testing";
import { startD1 } from "../support/d1.ts";
import { loadDriver } from "../support/drivers.ts";
import { npx } from "../support/npx.ts";
import { hasRedis, startRedis } from "../support/redis.ts";
import { eventually } from "../support/timeouts.ts";
import { cookie, makeSite, post, stateOf, textOf } from "./site.ts";

const now = () => new Date();

/** The contract, and people who use a site on the store. */
async function tryStore(store: SessionStore): Promise<void> {
  await storeContract(store);

  const site = makeSite({ store, now });
  site.app.post("/forget", async (c) => {
    await site.login.forgetUser(c, "1");
    return c.body(null, 204);
  });
  const ann = await site.loggedIn("1", { remember: true });
  await ann.request("/data/cart/3 otters", post);
  equal(await textOf(ann, "/data"), '{"cart":"3 otters"}');
  const other = await site.loggedIn("1");
  equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 2);

  ann.restart();
  const tabs = Array.from({ length: 20 }, () => ann.copy());
  const states = await Promise.all(tabs.map(stateOf));
  equal(states.filter(({ who, remembered }) => who === "Ann" && remembered).length, 20);
  const successors = new Set(tabs.map((tab) => tab.cookies.get(cookie.remember)));
  equal(successors.size, 1, "twenty tabs get one successor");

  const [tab = ann] = tabs;
  await tab.request("/out", post);
  tab.restart();
  equal(await textOf(tab, "/who"), "nobody");
  equal(await textOf(other, "/who"), "Ann");
  await site.client().request("/forget", post);
  equal(await textOf(other, "/who"), "nobody");
  equal(site.reported.length, 0);
}

Deno.test("a store of what is no database, or without a clock, is refused at the start, by a sentence that says what to give", () => {
  const memory = new DatabaseSync(":memory:") as SqliteLike;
  const wrong: [make: (arg: never) => unknown, values: unknown[], sentence: RegExp][] = [
    [
      kvStore,
      [undefined, Promise.resolve(), {}],
      /needs an open Deno KV: await the call that opens it$/,
    ],
    [(it) => sqliteStore(it, now), [undefined, "login.db", {}], /needs an open database: new Data/],
    [(it) => d1Store(it, now), [undefined, null, {}], /needs a binding of D1, such as env\.DB; is/],
    [
      redisStore,
      [undefined, "redis://localhost", { call: 1 }],
      /needs a client of ioredis or redis/,
    ],
    [memoryStore, [undefined, Date.now, new Date()], /now has to be a function that returns the/],
    [(it) => sqliteStore(memory, it), [undefined, Date.now], /now has to be a function that/],
    [(it) => d1Store({ prepare() {}, batch() {} } as never, it), [undefined], /now has to be/],
  ];
  for (const [make, values, message] of wrong) {
    for (const value of values) {
      throws(() => make(value as never), { name: "TypeError", message }, Deno.inspect(value));
    }
  }
});

Deno.test("sessions live in SQLite, by node:sqlite, in a file that is opened again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = new DatabaseSync(`${folder}/app.db`);
    await tryStore(sqliteStore(first, now));
    const site = makeSite({ store: sqliteStore(first, now), now });
    const ann = await site.loggedIn("1");
    first.close();

    const second = new DatabaseSync(`${folder}/app.db`);
    const later = makeSite({ store: sqliteStore(second, now), now });
    const again = later.client();
    again.cookies.set(cookie.session, ann.cookies.get(cookie.session) ?? "");
    equal(await textOf(again, "/who"), "Ann");
    second.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("sessions live in SQLite, by better-sqlite3", async () => {
  const Database = await loadDriver("better-sqlite3");
  const database = new Database(":memory:");
  await tryStore(sqliteStore(database, now));
  database.close();
});

Deno.test("sessions live in SQLite, by bun:sqlite", async () => {
  const url = (name: string) => JSON.stringify(new URL(`../../lib/login/${name}`, import.meta.url));
  const script = `
    import { Database } from "bun:sqlite";
    import { sqliteStore } from ${url("sqlite_store.ts")};
    import { storeContract } from ${url("store_contract.ts")};
    await storeContract(sqliteStore(new Database(":memory:"), () => new Date()));
    console.log("kept");`;
  equal(await npx("bun@1.4.5", "-e", script), "kept");
});

Deno.test("SQLite deletes records that are past their time, with later commits", async () => {
  const database = new DatabaseSync(":memory:");
  let time = 0;
  const store = sqliteStore(database, () => new Date(time));
  const record = (id: number, expireIn: number) => ({
    key: ["session", "1", String(id)],
    value: id,
    expireIn,
  });
  const set = Array.from({ length: 50 }, (_, id) => record(id, id === 7 ? DAY : SECOND));
  await store.commit({ set });
  time = MINUTE;

  for (let id = 50; id < 54; id++) await store.commit({ set: [record(id, DAY)] });
  const left = (await store.list(["session"])).map(({ value }) => value);
  equal(left.sort().join(), "50,51,52,53,7");
  database.close();
});

for (const failing of ["INSERT", "COMMIT"]) {
  Deno.test(`an error of SQLite at ${failing} rejects, writes nothing, and the next commit works`, async () => {
    const database = new DatabaseSync(":memory:");
    let isBroken = false;
    const broken = (sql: string) => {
      if (isBroken && sql.startsWith(failing)) throw new Error("the disk is full");
    };
    const store = sqliteStore({
      exec: (sql) => (broken(sql), database.exec(sql)),
      prepare: (sql) => (broken(sql), database.prepare(sql)),
    }, now);
    const key = ["session", "1", "a"];
    const write = { set: [{ key, value: 1, expireIn: MINUTE }] };

    isBroken = true;
    await rejects(store.commit(write), /disk is full/);
    isBroken = false;
    equal((await store.get(key)).version, null);
    ok(await store.commit(write));
    database.close();
  });
}

Deno.test("a change of sessions is part of a transaction of the site", () => {
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore(database, now);
  const key = ["session", "1", "a"];
  const set = [{ key, value: 1, expireIn: MINUTE }];
  const count = () => database.prepare("SELECT key FROM login_records").all().length;

  database.exec("BEGIN IMMEDIATE");
  ok(store.apply({ check: [{ key, version: null }], set }));
  database.exec("ROLLBACK");
  equal(count(), 0);

  database.exec("BEGIN IMMEDIATE");
  ok(!store.apply({ check: [{ key, version: "another" }], set }));
  ok(store.apply({ check: [{ key, version: null }], set }));
  database.exec("COMMIT");
  equal(count(), 1);
  database.close();
});

Deno.test("a commit waits while another process writes to the same SQLite file", async () => {
  const folder = await Deno.makeTempDir();
  const open = (options: object) => new DatabaseSync(`${folder}/app.db`, options);
  const database = open({});
  const store = sqliteStore(database, now);
  const code = `
    import { DatabaseSync } from "node:sqlite";
    const database = new DatabaseSync(${JSON.stringify(`${folder}/app.db`)});
    database.exec("BEGIN IMMEDIATE");
    console.log("locked");
    setTimeout(() => database.exec("COMMIT"), 300);`;
  const args = ["eval", code];
  await using writer = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  const reader = writer.stdout.getReader();
  await reader.read();

  ok(await store.commit({ set: [{ key: ["session", "1", "a"], value: 1, expireIn: MINUTE }] }));
  await reader.cancel();
  const patient = open({ timeout: 7 });
  sqliteStore(patient, now);
  equal(patient.prepare("PRAGMA busy_timeout").get()?.timeout, 7, "the site's own choice stays");
  for (const opened of [database, patient]) opened.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a closed SQLite database rejects every call", async () => {
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore(database as SqliteLike, now);
  database.close();
  await rejects(store.get(["session", "1", "a"]));
  await rejects(store.list(["session", "1"]));
  await rejects(store.commit({}));
});

const redis = { ignore: !hasRedis };

Deno.test("sessions live in Redis, by ioredis", redis, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path);
  await tryStore(redisStore(client));
  await close(client);
});

Deno.test("sessions live in Redis, by node-redis", redis, async () => {
  await using server = await startRedis();
  const { createClient } = await loadDriver("redis");
  const client = createClient({ socket: { path: server.path, tls: false } });
  await client.connect();
  await tryStore(redisStore(client));
  client.destroy();
});

Deno.test("Redis keeps nothing of records that are deleted or past their time", redis, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path);
  const store = redisStore(client);
  const write = (id: string, expireIn: number) => ({
    key: ["session", "1", id],
    value: 1,
    expireIn,
  });

  await store.commit({ set: [write("a", MINUTE), write("b", MINUTE)] });
  equal((await store.list(["session", "1"])).length, 2);
  await store.commit({ delete: [["session", "1", "a"], ["session", "1", "b"]] });
  equal(await client.dbsize(), 0);

  await store.commit({ set: [write("a", 1), write("b", 0.5), write("c", -5)] });
  await eventually(async () => await client.dbsize() === 0); // its own clock decides
  await store.commit({ set: [write("a", 1)] });
  await store.commit({ set: [write("b", MINUTE)] });
  await eventually(async () => (await store.list(["session", "1"])).length === 1);
  await store.commit({ set: [write("c", MINUTE)] });
  equal(await client.zcard('{login}index:"session","1",'), 2, "the index forgets with each write");
  await close(client);
});

Deno.test("a commit that Redis gets twice is made once, and counts as made", redis, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path);
  // As a client does that loses the connection before the answer.
  const twice = {
    call: async (command: string, ...args: string[]) => {
      await client.call(command, ...args);
      return await client.call(command, ...args);
    },
  };
  await tryStore(redisStore(twice));
  await close(client);
});

Deno.test("a client that gives the numbers of Redis as text fits", redis, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path, { stringNumbers: true });
  await tryStore(redisStore(client));
  await close(client);
});

Deno.test("a Redis that is full refuses logins, and still ends sessions", redis, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path);
  const store = redisStore(client);
  const site = makeSite({ store, now });
  const ann = await site.loggedIn("1");
  const copy = ann.copy();
  await client.config("SET", "maxmemory", "1");

  await rejects(
    store.commit({ set: [{ key: ["session", "1", "a"], value: 1, expireIn: MINUTE }] }),
  );
  equal(await textOf(ann, "/who"), "Ann");
  await ann.request("/out", post);
  equal(await textOf(copy, "/who"), "nobody");
  await close(client);
});

Deno.test("sites that share a Redis have sessions of their own", redis, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path);
  const [shop, forum] = ["shop", "forum"].map((name) =>
    makeSite({ store: redisStore(client, name), now })
  ) as [ReturnType<typeof makeSite>, ReturnType<typeof makeSite>];
  const ann = await shop.loggedIn("1");
  const stranger = forum.client();
  stranger.cookies.set(cookie.session, ann.cookies.get(cookie.session) ?? "");

  equal(await textOf(stranger, "/who"), "nobody");
  equal(await textOf(ann, "/who"), "Ann");
  for (const name of ["", "a{b", "{b}", "a b", "a\n"]) {
    throws(() => redisStore(client, name), /Cannot use the name/);
  }
  await close(client);
});

async function close(client: Redis): Promise<void> {
  const ended = new Promise((resolve) => client.once("end", resolve));
  await client.quit();
  await ended;
}

Deno.test("sessions live in Deno KV", async () => {
  using kv = await Deno.openKv(":memory:");
  await tryStore(kvStore(kv));
});

Deno.test("sessions live in Deno KV, by @deno/kv, as Node and Bun open it", async () => {
  const { openKv } = await loadDriver("@deno/kv");
  const kv = await openKv(":memory:");
  await tryStore(kvStore(kv));
  kv.close();
});

/**
 * Miniflare closes a port and removes its files after it was disposed of: this is the last test,
 * for otherwise the next one would be blamed.
 */
const miniflareIsLate = { sanitizeOps: false, sanitizeResources: false };

Deno.test("sessions live in Cloudflare D1", miniflareIsLate, async () => {
  await using d1 = await startD1();
  const store = d1Store(d1.database, now);
  await rejects(store.get(["session", "1", "a"]), /no such table/);
  await rejects(store.commit({ delete: [["session", "1", "a"]] }), /no such table/);
  for (const statement of d1Schema.split(";").filter((it) => it.trim())) {
    await d1.database.prepare(statement).all();
  }
  await tryStore(store);
});
