/**
 * Help for the tests of an app that uses `@latchkey/login`.
 *
 * @module
 */

import { Hono } from "hono";
import { createLogin, type Login, type LoginOptions } from "./hono.ts";
import { memoryStore } from "./memory_store.ts";
import { type LoginUser, recommendedLifetimes } from "./session.ts";
import type { SessionStore } from "./store.ts";
import type { StartOptions } from "./options.ts";

/** An app that answers requests, such as a Hono app. */
export interface Requestable {
  /** As `Hono.request`. */
  request(url: string, init?: RequestInit): Response | Promise<Response>;
}

/**
 * A login on a store in memory: pages at `/login`, `/reauthenticate` and `/`, at
 * `https://app.example`, under strong protection.
 *
 * @param users The users who can log in.
 * @param options Options that replace these defaults.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { testLogin } from "@latchkey/login/testing";
 *
 * const login = testLogin([{ id: "1", name: "Ann" }], { loginPage: null });
 * assert(login.origin === "https://app.example");
 * ```
 */
export function testLogin<U extends LoginUser>(
  users: readonly U[],
  options: Partial<LoginOptions<U>> = {},
): Login<U> {
  const now = options.now ?? (() => new Date());
  return createLogin<U>({
    store: memoryStore(now),
    loadUser: (id) => Promise.resolve(users.find((user) => user.id === id) ?? null),
    keys: [crypto.getRandomValues(new Uint8Array(32))],
    origin: "https://app.example",
    lifetimes: recommendedLifetimes,
    protection: "strong",
    now,
    loginPage: "/login",
    reauthenticatePage: "/reauthenticate",
    homePage: "/",
    ...options,
  });
}

/** A browser for tests: it keeps cookies, and always sends one user agent. */
export class TestClient {
  /** The cookies it has, by name. */
  readonly cookies: Map<string, string> = new Map();
  /** The `User-Agent` header that it sends. */
  userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
  readonly #app: Requestable;
  readonly #origin: string;
  readonly #lasting = new Set<string>();

  /**
   * Makes a client without cookies.
   *
   * @param app The app that it talks to.
   * @param origin The app's origin, such as `https://app.example`.
   */
  constructor(app: Requestable, origin: string) {
    this.#app = app;
    this.#origin = origin;
  }

  /** Sends a request with its cookies, and keeps those of the answer. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("user-agent", this.userAgent);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie) headers.set("cookie", cookie);

    const response = await this.#app.request(this.#origin + path, { ...init, headers });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /** Keeps or deletes a cookie, as a `Set-Cookie` line says. */
  keep(line: string): void {
    const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    const maxAge = /; Max-Age=(\d+)/i.exec(line)?.[1];
    this.cookies.delete(name);
    this.#lasting.delete(name);
    if (maxAge === "0") return;
    this.cookies.set(name, value);
    if (maxAge !== undefined) this.#lasting.add(name);
  }

  /** Closes the browser and opens it again: cookies without a lifetime are gone. */
  restart(): void {
    for (const name of [...this.cookies.keys()]) {
      if (!this.#lasting.has(name)) this.cookies.delete(name);
    }
  }

  /** Another client of the same app, without cookies. */
  another(): this {
    const Client = this.constructor as new (app: Requestable, origin: string) => this;
    return new Client(this.#app, this.#origin);
  }

  /** Another client with the same user agent and cookies: a second tab, or a thief. */
  copy(): this {
    const copy = this.another();
    copy.userAgent = this.userAgent;
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    for (const name of this.#lasting) copy.#lasting.add(name);
    return copy;
  }
}

/**
 * A client in which a user is logged in, without a login page, under every kind of session protection.
 *
 * @param app The app to talk to.
 * @param login The app's login.
 * @param user The user to log in.
 * @param options How the user authenticated; by default a fresh `["pwd"]`.
 * @throws {Error} When the user is suspended.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hono } from "hono";
 * import { loggedInClient, testLogin } from "@latchkey/login/testing";
 *
 * const ann = { id: "1", name: "Ann" };
 * const login = testLogin([ann]);
 * const app = new Hono();
 * app.use(login.middleware);
 * app.get("/profile", login.required, (c) => c.text(c.var.user.name));
 *
 * const client = await loggedInClient(app, login, ann, { methods: ["pwd", "otp"] });
 * assert(await (await client.request("/profile")).text() === "Ann");
 * ```
 */
export async function loggedInClient<U extends LoginUser>(
  app: Requestable,
  login: Login<U>,
  user: U,
  options: Partial<StartOptions> = {},
): Promise<TestClient> {
  const door = new Hono();
  door.use(login.middleware);
  door.post("/", async (c) => {
    const started = await login.start(c, user, { methods: ["pwd"], ...options });
    return c.json(started.ok);
  });

  const client = new TestClient(app, login.origin);
  const visitor = new TestClient(door, login.origin);
  const started = await visitor.request("/", { method: "POST" });
  if (await started.json() !== true) throw new Error("Cannot log in: the user is suspended");
  for (const line of started.headers.getSetCookie()) client.keep(line);
  return client;
}

/**
 * Checks a {@link SessionStore} of your own against every rule that the package relies on.
 *
 * @param store An empty store.
 * @throws {Error} Names the rule that does not hold.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@latchkey/login";
 * import { storeContract } from "@latchkey/login/testing";
 *
 * await storeContract(memoryStore(() => new Date()));
 * ```
 */
export async function storeContract(store: SessionStore): Promise<void> {
  const key = ["session", "ann", "1"];
  const at = new Date(1e12);
  const value = { v: 1, text: "é", none: null, list: [1, "2"], at, inner: { yes: true } };
  const set = (value: unknown, name = key) => [{ key: name, value, expireIn: 60_000 }];
  const demand = (holds: boolean, rule: string) => {
    if (!holds) throw new Error(`The store breaks a rule: ${rule}`);
  };
  const read = async () => (await store.get(key)).value;

  const absent = await store.get(key);
  demand(
    absent.version === null && absent.value === undefined,
    "what is absent has no version and no value",
  );
  demand(
    await store.commit({ check: [absent], set: set(value) }),
    "a check of what is absent holds",
  );
  const first = await store.get(key);
  demand(first.version !== null && isEqual(first.value, value), "what was stored comes back equal");
  (first.value as { inner: { yes: boolean } }).inner.yes = false;
  demand(isEqual(await read(), value), "what was read is a copy");

  demand(
    !await store.commit({ check: [absent], set: set(2) }),
    "a check of what is there fails as absent",
  );
  demand(isEqual(await read(), value), "a failed check writes nothing");
  demand(
    await store.commit({ check: [first], set: set(3) }),
    "a check of the version that was read holds",
  );
  demand((await store.get(key)).version !== first.version, "a write changes the version");
  demand(!await store.commit({ check: [first], delete: [key] }), "a check of an old version fails");
  demand(await read() === 3, "a failed check deletes nothing");

  const others = ["session/ann/2", "session/anna/3", "session/bob/4", "session_data/ann"];
  await store.commit({ set: others.flatMap((name) => set(0, name.split("/"))) });
  const records = await store.list(["session", "ann"]);
  const listed = records.map(({ key }) => key.join("/")).sort();
  demand(
    isEqual(listed, ["session/ann/1", "session/ann/2"]),
    "a list has the keys that begin with all its parts",
  );
  demand((await store.list(key)).length === 0, "a list does not have its own prefix");

  const current = await store.get(key);
  const claims = Array.from(
    { length: 20 },
    (_, i) => store.commit({ check: [current], set: set(i) }),
  );
  const won = (await Promise.all(claims)).filter((done) => done).length;
  demand(won === 1, "of parallel writes that check one version, one is done");

  demand(
    await store.commit({ delete: [key, ["session", "nobody", "0"]] }),
    "deleting what is absent is no error",
  );
  demand((await store.get(key)).version === null, "what was deleted is absent");
}

function isEqual(a: unknown, b: unknown): boolean {
  const sorted = (_: string, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner;
  const text = (value: unknown) => JSON.stringify(value, sorted);
  const dates = (value: unknown) => (value as { at?: unknown } | null)?.at instanceof Date;
  return text(a) === text(b) && dates(a) === dates(b);
}
