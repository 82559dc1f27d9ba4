import { deepEqual } from "node:assert/strict";
import type { Session } from "@latchkey/login";
import type { User } from "../../lib/account/user.ts";
import { provesFactor } from "../../lib/credential/second_factor.ts";
import { ann } from "../support/people.ts";
import { withMail } from "../support/world.ts";
import { Site } from "./site.ts";

/** Session ids, and when a credential was last presented. */
type Unproved = ReadonlyMap<string, number | null>;

/** The site, and what its database says of Ann. */
export class FactorSite implements AsyncDisposable {
  readonly site: Site;
  /** Her sessions without a factor, from before she had one. */
  #older: Unproved = new Map();

  private constructor(site: Site) {
    this.site = site;
  }

  static async create(browsers: number): Promise<FactorSite> {
    const site = await Site.create(browsers, withMail);
    await site.world.ann();
    return new FactorSite(site);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
  }

  async user(): Promise<User> {
    const [entry] = await Array.fromAsync(
      this.site.world.database.list<User>({ prefix: ["user"] }),
    );
    if (!entry) throw new Error("Ann has no account");
    return entry.value;
  }

  /** The password as it is stored. */
  async storedPassword(): Promise<string> {
    return (await this.site.stored(ann.email))?.password ?? "";
  }

  /** Call it before Ann gets her first factor. */
  async noteOlder(): Promise<void> {
    this.#older = await this.#unproved((await this.user()).id);
  }

  /** Without a factor there is no session but older and remembered ones, and none gets fresher. */
  async checkSessions(): Promise<void> {
    const { id, factors } = await this.user();
    if (factors.length === 0) return;
    const wrong = [...await this.#unproved(id)].filter(([session, time]) => {
      return time !== null && this.#older.get(session) !== time;
    });
    deepEqual(wrong, [], "a session of somebody with a factor was fresh without one");
  }

  async #unproved(userId: string): Promise<Unproved> {
    const entries = await Array.fromAsync(
      this.site.world.database.list<Session>({ prefix: ["session", userId] }),
    );
    const lacking = entries.filter(({ value }) => !provesFactor(value.methods));
    return new Map(
      lacking.map(({ value }) => [value.id, value.authenticatedAt?.getTime() ?? null]),
    );
  }
}
