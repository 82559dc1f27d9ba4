import type { Hono } from "hono";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Config } from "../../lib/config.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { BrokenKv, type Fault } from "../support/broken_kv.ts";
import { Browser } from "../support/browser.ts";
import type { Regions } from "../support/regions.ts";
import { TIMEOUT } from "../support/timeouts.ts";
import { TestWorld } from "../support/world.ts";

/** The nth call to the database of a request fails, in this way; after a cut all later ones do. */
export interface PlannedFault {
  readonly nth: number;
  readonly fault: "fail" | "unknown" | "conflict" | "cut";
}

/** A process of the app, and its way to the database. */
interface Instance {
  app: Hono;
  readonly kv: Kv;
  readonly broken: BrokenKv;
}

/** The records of one person in the database. */
interface Stored {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

const connection = { remoteAddr: { hostname: "192.0.2.1" } };

/** The site that is compared with the model, and the browsers of its users. */
export class Site implements AsyncDisposable {
  readonly world: TestWorld;
  readonly browsers: readonly Browser[];
  /** The processes of the app: one, until there are regions. */
  #instances: readonly Instance[];
  /** Which of them each browser talks to. */
  readonly #instanceOf: number[];
  #regions: Regions | null = null;

  private constructor(world: TestWorld, browsers: number) {
    this.world = world;
    const { app, kv, broken } = world;
    this.#instances = [{ app, kv, broken }];
    this.#instanceOf = Array.from({ length: browsers }, () => 0);
    this.browsers = this.#instanceOf.map((_, browser) => {
      const request = (url: string, init?: RequestInit) =>
        this.#instance(browser).app.request(url, init, connection);
      return new Browser({ request }, world.config.origin);
    });
  }

  static async create(browsers: number, config: Partial<Config> = {}): Promise<Site> {
    const world = await TestWorld.create({ config });
    world.allowInvalidData(
      "an answer that was lost may leave logins behind, of users who are gone",
    );
    return new Site(world, browsers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#regions?.[Symbol.dispose]();
    await this.world[Symbol.asyncDispose]();
  }

  browser(index: number): Browser {
    return this.browsers[index] as Browser;
  }

  /** The id of the user whose session token a browser has. */
  tokenOwner(browser: number): string | null {
    const [owner = ""] = this.browser(browser).cookies.get("__Host-session")?.split(".") ?? [];
    return owner === "" ? null : atob(owner.replaceAll("-", "+").replaceAll("_", "/"));
  }

  /** Invalid records, except logins of deleted users. */
  async violations(): Promise<string[]> {
    const found = await this.world.findings();
    return found.filter((line) => !line.startsWith("leftover"));
  }

  /** Continues with other processes on the same database. */
  restart(): void {
    for (const instance of this.#instances) instance.app = this.world.newInstance(instance.kv);
  }

  /** From now on there is a process in each region; the odd browsers are in the far one. */
  spread(regions: Regions): void {
    this.#regions = regions;
    this.#instances = [regions.near, regions.far].map((database) => {
      const broken = new BrokenKv(database);
      const kv = new Kv(broken.kv, { deadline: TIMEOUT });
      return { app: this.world.newInstance(kv), kv, broken };
    });
    this.browsers.forEach((_, browser) => this.#instanceOf[browser] = browser % 2);
  }

  /** From now on a browser talks to the other region. */
  travel(browser: number): void {
    this.#instanceOf[browser] = 1 - (this.#instanceOf[browser] ?? 0);
  }

  /** Cuts the far region off from the database, or ends that. */
  cutOff(isCutOff: boolean): void {
    if (this.#regions) this.#regions.isCutOff = isCutOff;
  }

  isCutOff(browser: number): boolean {
    return this.#instanceOf[browser] === 1 && this.#regions?.isCutOff === true;
  }

  /** A region without the database shows nobody as logged in, and logs nobody out. */
  async expectOutage(browser: number): Promise<void> {
    const { cookies } = this.browser(browser);
    const logins = () => ["__Host-session", "__Host-remember"].map((name) => cookies.get(name));
    const before = logins();
    const answer = await this.browser(browser).get("/profile");
    equal(answer.status, before.some((it) => it !== undefined) ? 503 : 302);
    deepEqual(logins(), before);
  }

  #instance(browser: number): Instance {
    return this.#instances[this.#instanceOf[browser] as number] as Instance;
  }

  /** Sends a request while the planned fault happens: its answer, or null for the error page. */
  async during(
    plannedFault: PlannedFault | null,
    browser: Browser,
    act: () => Promise<Response>,
  ): Promise<Response | null> {
    const before = [...browser.cookies.keys()];
    let calls = 0;
    const { broken } = this.#instance(this.browsers.indexOf(browser));
    broken.fault = (call): Fault => {
      if (plannedFault === null) return "none";
      const { nth, fault } = plannedFault;
      // Only a commit has an effect that can be unknown.
      if (call === "read" && ["unknown", "conflict"].includes(fault)) return "none";
      calls++;
      if (fault === "cut") return calls >= nth ? "fail" : "none";
      return calls === nth ? fault : "none";
    };
    const answer = await act();
    broken.fault = "none";
    if (answer.status !== 503 || plannedFault === null) return answer;
    equal(answer.headers.get("retry-after"), "5");
    for (const name of before) ok(browser.cookies.has(name), `${name} was deleted [REL-P6]`);
    return null;
  }

  /** The stored name and password of a person: the outcome of a request whose answer was lost. */
  async stored(email: string): Promise<Stored | null> {
    const dump = await this.world.dump();
    const of = (kind: string, id: unknown) =>
      dump.find(({ key: [first, second] }) => {
        return first === kind && second === id;
      })?.value;
    const id = of("user_by_email", email);
    const user = of("user", id) as { id: string; name: string } | undefined;
    if (!user) return null;
    return { id: user.id, name: user.name, password: JSON.stringify(of("password", id)) };
  }
}
