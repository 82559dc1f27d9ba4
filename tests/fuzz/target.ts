import { deepEqual, ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { everyForm } from "../support/forms.ts";
import { readLogLine } from "../support/log_line.ts";
import { ann } from "../support/people.ts";
import { type Route, routesOf } from "../support/routes.ts";
import { TIMEOUT } from "../support/timeouts.ts";
import { TestWorld } from "../support/world.ts";
import { canary, type Case } from "./cases.ts";

const statuses = [200, 204, 302, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 431];
const requiredHeaders = [
  "content-security-policy",
  "x-content-type-options",
  "cross-origin-resource-policy",
];

const connection = { remoteAddr: { hostname: "192.0.2.7" } };

export interface Outcome {
  /** Null when no client can send the request. */
  readonly status: number | null;
  /** What is wrong with the answer, the log or the database. */
  readonly fault: string | null;
}

/** A site that Ann uses, to send requests to. */
export class FuzzTarget implements AsyncDisposable {
  readonly routes: readonly Route[];
  readonly #world: TestWorld;
  readonly #ann: Browser;
  /** Sets the site back to how it was before the first request. */
  readonly reset: () => Promise<void>;

  private constructor(world: TestWorld, browser: Browser, reset: () => Promise<void>) {
    this.#world = world;
    this.#ann = browser;
    this.reset = reset;
    this.routes = routesOf(world.app);
  }

  static async create(): Promise<FuzzTarget> {
    const world = await TestWorld.create({
      config: { ...everyForm, securityContact: "mailto:security@app.example" },
    });
    await world.register({ ...ann, name: `Ann ${canary}` }); // so each of her pages contains it
    const browser = world.browser();
    await browser.post("/login", { ...ann, remember: "on" });
    return new FuzzTarget(world, browser, await world.checkpoint());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }

  /** Sends one request, and checks the answer, the log and the database. */
  async send(it: Case): Promise<Outcome> {
    const request = this.#request(it);
    if (!request) return { status: null, fault: null };
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(new Error("no answer in time")), TIMEOUT);
    let status = null;
    try {
      const answer = await Promise.race([
        this.#world.app.fetch(request, connection),
        timer.promise,
      ]);
      status = answer.status;
      checkAnswer(answer, await answer.text());
      this.#checkLog();
      deepEqual(await this.#world.findings(), []);
      return { status, fault: null };
    } catch (error) {
      return { status, fault: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timeout);
    }
  }

  #request({ method, target, headers, body }: Case): Request | null {
    try {
      return new Request(`https://app.example${target}`, {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, this.#fillIn(value)]),
        ...(body === null ? {} : { body: Uint8Array.from(body, (it) => it.charCodeAt(0)) }),
      });
    } catch {
      return null;
    }
  }

  #fillIn(value: string): string {
    return value.replaceAll(/\{(session|remember|flash|device)(?:~(\d+))?\}/g, (_, name, at) => {
      const own = this.#ann.cookies.get(`__Host-${name}`) ?? "";
      const i = at === undefined ? own.length : Number(at);
      return own.slice(0, i) + (at === undefined ? "" : own[i] === "A" ? "B" : "A") +
        own.slice(i + 1);
    });
  }

  #checkLog(): void {
    const tokens = [...this.#ann.cookies.values()].map((it) => it.split(".")[2]);
    const patterns = this.#world.app.routes.map(({ path }) => path);
    for (const line of this.#world.lines.splice(0)) {
      ok(readLogLine(line, patterns).level !== "error", line);
      ok(line.length < 5000, `a line of ${line.length}`);
      for (const secret of [ann.password, ...tokens]) ok(!secret || !line.includes(secret), line);
    }
  }
}

function checkAnswer(answer: Response, body: string): void {
  ok(statuses.includes(answer.status), `status ${answer.status}`);
  for (const name of requiredHeaders) ok(answer.headers.has(name), `no ${name}`);
  ok(
    answer.headers.getSetCookie().every((line) => /^__Host-\w+=[\w.~%-]*; /.test(line)),
    "a cookie",
  );
  ok(
    /^(\/(?!\/)|https:\/\/id\.example\/authorize\?)/.test(answer.headers.get("location") ?? "/"),
    `to ${answer.headers.get("location")}`,
  );
  const isPage = !answer.headers.get("content-type")?.includes("json");
  ok(!isPage || !body.includes(canary.slice(0, 3)), "it is not escaped");
  const others = [...answer.headers].filter(([name]) => name !== "location").join();
  ok(!/[\r\n]|evil\.test/.test(others), "a header");
}
