import type { Hono } from "hono";
import { equal, ok } from "node:assert/strict";
import type { Config } from "../../lib/config.ts";
import type { Fault } from "../support/broken_kv.ts";
import { Browser } from "../support/browser.ts";
import { TestWorld } from "../support/world.ts";

/** The nth call to the database of a request fails, in this way. */
export interface PlannedFault {
  readonly nth: number;
  readonly fault: "fail" | "unknown" | "conflict";
}

const connection = { remoteAddr: { hostname: "192.0.2.1" } };

/** The site that is compared with the model, and the browsers of its users. */
export class Site implements AsyncDisposable {
  readonly world: TestWorld;
  readonly browsers: readonly Browser[];
  #app: Hono;

  private constructor(world: TestWorld, browsers: number) {
    this.world = world;
    this.#app = world.app;
    const site = {
      request: (url: string, init?: RequestInit) => this.#app.request(url, init, connection),
    };
    this.browsers = Array.from(
      { length: browsers },
      () => new Browser(site, world.config.origin),
    );
  }

  static async create(browsers: number, config: Partial<Config> = {}): Promise<Site> {
    const world = await TestWorld.create({ config });
    world.allowInvalidData(
      "an answer that was lost may leave logins behind, of users who are gone",
    );
    return new Site(world, browsers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }

  browser(index: number): Browser {
    return this.browsers[index] as Browser;
  }

  /** Invalid records, except logins of deleted users. */
  async violations(): Promise<string[]> {
    const found = await this.world.findings();
    return found.filter((line) => !line.startsWith("leftover"));
  }

  /** Continues with another process on the same database. */
  restart(): void {
    this.#app = this.world.newInstance();
  }

  /** Sends a request while the planned fault happens: its answer, or null for the error page. */
  async during(
    plannedFault: PlannedFault | null,
    browser: Browser,
    act: () => Promise<Response>,
  ): Promise<Response | null> {
    const before = [...browser.cookies.keys()];
    let calls = 0;
    this.world.broken.fault = (call): Fault => {
      // Only a commit has an effect that can be unknown.
      if (plannedFault === null || call === "read" && plannedFault.fault !== "fail") return "none";
      return ++calls === plannedFault.nth ? plannedFault.fault : "none";
    };
    const answer = await act();
    this.world.broken.fault = "none";
    if (answer.status !== 503 || plannedFault === null) return answer;
    equal(answer.headers.get("retry-after"), "5");
    for (const name of before) ok(browser.cookies.has(name), `${name} was deleted [REL-P6]`);
    return null;
  }

  /** The stored name and password of a person: the outcome of a request whose answer was lost. */
  async stored(email: string): Promise<{ name: string; password: string } | null> {
    const dump = await this.world.dump();
    const of = (kind: string, id: unknown) =>
      dump.find(({ key: [first, second] }) => {
        return first === kind && second === id;
      })?.value;
    const id = of("user_by_email", email);
    const user = of("user", id) as { name: string } | undefined;
    return user ? { name: user.name, password: JSON.stringify(of("password", id)) } : null;
  }
}
