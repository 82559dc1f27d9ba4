/**
 * Help for the tests of an app that uses `@latchkey/login`.
 *
 * @module
 */

import { Hono } from "hono";
import { createLogin, type Login, type LoginOptions } from "./hono.ts";
import { recommendedLifetimes } from "./lifetimes.ts";
import { memoryStore } from "./memory_store.ts";
import type { LoginUser } from "./session.ts";
import type { StartOptions } from "./options.ts";

export { storeContract } from "./store_contract.ts";

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

  /**
   * Sends a request with its cookies, and keeps those of the answer. It adds no `Origin`: give a
   * form one, if the app refuses forms of other sites.
   */
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
 * A client in which a user is logged in, without a login page, under any session protection.
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
  const browser = new TestClient(door, login.origin);
  const started = await browser.request("/", { method: "POST" });
  if (await started.json() !== true) throw new Error("Cannot log in: the user is suspended");
  for (const line of started.headers.getSetCookie()) client.keep(line);
  return client;
}
