/**
 * Flask-Login for Hono: is this browser logged in, and as whom?
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hono } from "hono";
 * import { createLogin, memoryStore, recommendedLifetimes } from "@latchkey/login";
 *
 * const ann = { id: "1", name: "Ann" };
 * const now = () => new Date();
 * const login = createLogin({
 *   store: memoryStore(now),
 *   loadUser: (id) => Promise.resolve(id === ann.id ? ann : null),
 *   keys: [crypto.getRandomValues(new Uint8Array(32))],
 *   origin: "https://app.example",
 *   lifetimes: recommendedLifetimes,
 *   protection: "basic",
 *   now,
 *   loginPage: "/login",
 *   reauthenticatePage: "/reauthenticate",
 *   homePage: "/",
 * });
 *
 * const app = new Hono();
 * app.use(login.middleware);
 * app.post("/login", async (c) => {
 *   await login.start(c, ann, { methods: ["pwd"] }); // after you checked the password
 *   return c.redirect("/", 303);
 * });
 * app.get("/", login.required, (c) => c.text(`Hi ${c.var.user.name}!`));
 *
 * const answer = await app.request("/login", { method: "POST" });
 * const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
 * const home = await app.request("/", { headers: { cookie } });
 * assert(await home.text() === "Hi Ann!");
 * ```
 *
 * @module
 */

export { bearerToken } from "./bearer.ts";
export type { Data } from "./data.ts";
export type { EndReason, LoginEvent, Source } from "./events.ts";
export type { Flash } from "./flash.ts";
export {
  type Area,
  createLogin,
  type FreshlyLoggedIn,
  type Guard,
  type LoggedIn,
  type Login,
  type LoginOptions,
} from "./hono.ts";
export { addToCommit, type KvLike, kvStore } from "./kv_store.ts";
export { memoryStore } from "./memory_store.ts";
export { loginUrl, safeNext } from "./next.ts";
export type { AreaOptions, Options } from "./options.ts";
export { inspectRecord, type RecordFacts } from "./record.ts";
export type { SessionProtection } from "./protection.ts";
export type { CommitWithSession, RenewResult, StartOptions, StartResult } from "./request_auth.ts";
export { type Clock, DAY, HOUR, MINUTE, SECOND } from "./clock.ts";
export {
  type AuthMethod,
  type Lifetimes,
  type LoginUser,
  recommendedLifetimes,
  type Session,
  type SessionKey,
} from "./session.ts";
export type { SessionStore, StoreChange, StoredRecord, StoreKey, StoreWrite } from "./store.ts";
