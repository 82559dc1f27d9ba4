import { HOUR, type SessionStore, type StoreChange, type StoreKey } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { cookie, makeSite, post, test, textOf } from "./site.ts";

const dataOf = async (client: ReturnType<ReturnType<typeof makeSite>["client"]>) =>
  JSON.parse(await textOf(client, "/data")) as Record<string, string>;

test("a guest's session remembers, under a cookie that says nothing and logs nobody in", async (site) => {
  const client = site.client();
  deepEqual(await dataOf(client), {});
  equal(client.cookies.size, 0);

  await client.request("/data/language/it", post);
  await client.request("/data/cart/apples", post);
  deepEqual(await dataOf(client), { language: "it", cart: "apples" });
  equal(await textOf(client, "/who"), "nobody");
  const secret = (client.cookies.get(cookie.session) ?? "").split(".")[2] ?? "?";
  ok(!JSON.stringify(await site.store.list(["session_data"])).includes(secret));
});

Deno.test("session data costs nothing unless it is asked for", async () => {
  const asked: string[] = [];
  const memory = memoryStore(() => new Date());
  const note = (key: StoreKey) => asked.push(key[0] ?? "");
  const store: SessionStore = {
    get: (key) => (note(key), memory.get(key)),
    list: (prefix) => (note(prefix), memory.list(prefix)),
    commit: (change) => memory.commit(change),
  };
  const site = makeSite({ store });
  const guest = site.client();
  await guest.request("/data/cart/apples", post);
  const ann = await site.loggedIn("1");
  asked.length = 0;

  await guest.request("/who");
  await guest.request("/public");
  await ann.request("/members");
  deepEqual(asked, ["session"]);
});

for (const kind of ["a guest", "a user"] as const) {
  test(`parallel updates of ${kind} lose nothing [FL-C28]`, async (site) => {
    const client = kind === "a user" ? await site.loggedIn("1") : site.client();
    await client.request("/data/first/1", post);

    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    await Promise.all(names.map((name) => client.copy().request(`/data/${name}/x`, post)));
    deepEqual(Object.keys(await dataOf(client)).sort(), ["first", ...names].sort());
  });
}

test("what is kept is bounded, with an error that says so, and what was kept before stays", async (site) => {
  site.app.onError((error, c) => c.text(error.message, 500));
  const ann = await site.loggedIn("1");
  await ann.request("/data/a/small", post);

  const answer = await ann.request(`/data/b/${"x".repeat(17_000)}`, post);
  match(await answer.text(), /Cannot keep session data: 170\d\d bytes are more than 16384/);
  deepEqual(await dataOf(ann), { a: "small" });
});

test("a guest's token without its secret reads and writes nothing of theirs", async (site) => {
  const client = site.client();
  await client.request("/data/cart/apples", post);
  const thief = site.client();
  thief.cookies.set(
    cookie.session,
    (client.cookies.get(cookie.session) ?? "").slice(0, -43) + "A".repeat(43),
  );
  const other = thief.copy();

  deepEqual(await dataOf(thief), {});
  equal(thief.cookies.size, 0, "and the cookie is deleted");
  await other.request("/data/cart/pears", post);
  deepEqual(await dataOf(client), { cart: "apples" });
  deepEqual(await dataOf(other), { cart: "pears" });
});

test("data ends with its session, and a guest's after a day", async (site) => {
  const ann = await site.loggedIn("1");
  const guest = site.client();
  await ann.request("/data/a/b", post);
  await guest.request("/data/a/b", post);

  site.pass(23 * HOUR);
  deepEqual(await dataOf(guest), { a: "b" });
  deepEqual(await dataOf(ann), {});
  site.pass(HOUR);
  deepEqual(await dataOf(guest), {});
  deepEqual(await site.store.list(["session_data"]), []);
  await guest.request("/data/a/c", post);
  deepEqual(await dataOf(guest), { a: "c" }, "and can begin again");
});

test("two updates of a new guest in one request are one memory", async (site) => {
  site.app.post("/two", async (c) => {
    await site.login.updateData(c, (data) => ({ ...data, a: 1 }));
    await site.login.updateData(c, (data) => ({ ...data, b: 2 }));
    return c.json(await site.login.readData(c));
  });
  const client = site.client();
  equal(await textOf(client, "/two", post), '{"a":1,"b":2}');
  equal(await textOf(client, "/data"), '{"a":1,"b":2}');
  equal((await site.store.list(["session_data"])).length, 1);
});

Deno.test("a user whom the request names has no session to keep data in", async () => {
  const site = makeSite({ requestLoader: () => Promise.resolve({ id: "2", name: "Bob" }) });
  site.app.onError((error, c) => c.text(error.message, 500));
  const client = site.client();

  deepEqual(await dataOf(client), {});
  match(
    await textOf(client, "/data/a/b", post),
    /the user was named by the request and has no session/,
  );
  equal(client.cookies.size, 0);
});

test("side by side in one request of a new guest, updates are one memory as well", async (site) => {
  site.app.post("/three", async (c) => {
    await Promise.all(
      ["a", "b", "c"].map((name) => site.login.updateData(c, (data) => ({ ...data, [name]: 1 }))),
    );
    return c.json(await site.login.readData(c));
  });
  const client = site.client();
  equal(await textOf(client, "/three", post), '{"a":1,"b":1,"c":1}');
  equal((await site.store.list(["session_data"])).length, 1);
});

test("logging out forgets a guest's data too, for a copy of the cookie as well", async (site) => {
  const client = site.client();
  await client.request("/data/cart/apples", post);
  const copy = client.copy();

  await client.request("/out", post);
  deepEqual(await dataOf(copy), {});
  deepEqual(await site.store.list(["session_data"]), []);
});

test("an update that is under way does not outlive the session", async (site) => {
  let goOn = () => {};
  const wait = new Promise<void>((resolve) => goOn = resolve);
  site.app.post("/slow", async (c) => {
    await site.login.user(c);
    await wait;
    return c.json(await site.login.updateData(c, () => ({ a: 1 })));
  });
  site.app.onError((error, c) => c.text(error.message, 500));
  const ann = await site.loggedIn("1");

  const slow = ann.copy().request("/slow", post);
  await ann.request("/out", post);
  goOn();
  match(await (await slow).text(), /the session is over/);
  deepEqual(await site.store.list(["session_data"]), []);
});

Deno.test("a first update that is under way while the session is renewed is kept, and leaves with it", async () => {
  for (const path of ["/prove", "/in/1"]) {
    const memory = memoryStore(() => new Date(0));
    let before = () => Promise.resolve();
    const commit = async (change: StoreChange) => {
      const isRenewal = change.set?.some(({ value }) => Object(value).previousDigest);
      if (isRenewal) await before();
      return await memory.commit(change);
    };
    const site = makeSite({ store: { ...memory, commit } });
    const ann = await site.loggedIn("1");
    const tab = ann.copy();
    before = async () => {
      before = () => Promise.resolve();
      await tab.request("/data/cart/apples", post);
    };

    await ann.request(path, { method: "POST", body: "{}" });
    deepEqual(await dataOf(ann), { cart: "apples" }, path);
    await ann.request("/out", post);
    deepEqual(await memory.list(["session_data"]), []);
  }
});

test("what is kept is JSON, and measured as such", async (site) => {
  site.app.post(
    "/odd",
    async (c) =>
      c.json(
        await site.login.updateData(
          c,
          () => ({ map: new Map([["a", "x".repeat(99_999)]]), gone: undefined }),
        ),
      ),
  );
  equal(await textOf(await site.loggedIn("1"), "/odd", post), '{"map":{}}');
});
