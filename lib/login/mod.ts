/**
 * Flask-Login for Hono: is this browser logged in, and as whom?
 *
 * @example The life of a login
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hono } from "hono";
 * import { createLogin, MINUTE, recommendedLifetimes } from "@latchkey/login";
 * import { memoryStore } from "@latchkey/login/memory";
 * import { TestClient } from "@latchkey/login/testing";
 *
 * const ann = { id: "1", name: "Ann" };
 * let time = Date.now();
 * const now = () => new Date(time);
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
 * app.get("/", async (c) => c.json(await login.takeFlashes(c)));
 * app.get("/diary", login.fresh, (c) => c.text(`Dear ${c.var.user.name}`));
 * app.post("/login", async (c) => { // after you checked the password
 *   await login.start(c, ann, { methods: ["pwd"] });
 *   return c.redirect(await login.takeNext(c, c.req.query("next")), 303);
 * });
 * app.post("/reauthenticate", login.required, async (c) => { // and here again
 *   await login.reauthenticate(c, ["pwd"]);
 *   return c.redirect(await login.takeNext(c, c.req.query("next")), 303);
 * });
 * app.post("/logout", async (c) => {
 *   await login.end(c);
 *   await login.flash(c, "Goodbye!");
 *   return c.redirect("/", 303);
 * });
 *
 * const browser = new TestClient(app, login.origin);
 * const go = async (path: string, method = "GET") => {
 *   const response = await browser.request(path, { method });
 *   return response.headers.get("location") ?? await response.text();
 * };
 * assert.equal(await go("/diary"), "/login?next=%2Fdiary");
 * assert.equal(await go("/login?next=%2Fdiary", "POST"), "/diary");
 * assert.equal(await go("/diary"), "Dear Ann");
 * time += 10 * MINUTE;
 * assert.equal(await go("/diary"), "/reauthenticate?next=%2Fdiary");
 * assert.equal(await go("/reauthenticate?next=%2Fdiary", "POST"), "/diary");
 * assert.equal(await go("/logout", "POST"), "/");
 * assert.match(await go("/"), /Goodbye!/);
 * assert.equal(await go("/diary"), "/login?next=%2Fdiary");
 * ```
 *
 * @module
 */

export { basicCredentials, bearerToken } from "./bearer.ts";
export type { Data } from "./data.ts";
export type { EndReason, LoginEvent, Source } from "./events.ts";
export type { Flash } from "./flash.ts";
export type { FreshlyLoggedIn, LoggedIn } from "./guard.ts";
export { type Area, createLogin, type Guard, type Login, type LoginOptions } from "./hono.ts";
export { type Lifetimes, recommendedLifetimes, type SessionLimits } from "./lifetimes.ts";
export { loginUrl, safeNext } from "./next.ts";
export type { AreaOptions, Options, StartOptions } from "./options.ts";
export { inspectRecord, type RecordFacts } from "./record.ts";
export type { SessionProtection } from "./protection.ts";
export type { CommitWithSession, RenewResult, StartResult } from "./request_auth.ts";
export { type Clock, DAY, HOUR, MINUTE, SECOND } from "./clock.ts";
export type { AuthMethod, LoginUser, Session, SessionKey } from "./session.ts";
export type { SessionStore, StoreChange, StoredRecord, StoreKey, StoreWrite } from "./store.ts";
