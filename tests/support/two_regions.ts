import { equal } from "node:assert/strict";
import { Kv } from "../../lib/kv/kv.ts";
import { SECOND } from "../../lib/time.ts";
import type { Browser } from "./browser.ts";
import { ann } from "./people.ts";
import { Regions } from "./regions.ts";
import { TIMEOUT } from "./timeouts.ts";
import { TestWorld } from "./world.ts";

const delay = 5 * SECOND;

/** A site with an instance in each of two regions, and Ann logged in through both. */
export class TwoRegions implements AsyncDisposable {
  readonly world: TestWorld;
  readonly regions: Regions;
  readonly near: Browser;
  readonly far: Browser;

  private constructor(world: TestWorld, regions: Regions) {
    this.world = world;
    this.regions = regions;
    const visitor = (database: Deno.Kv) =>
      world.browser("192.0.2.1", world.newInstance(new Kv(database, { deadline: TIMEOUT })));
    this.near = visitor(regions.near);
    this.far = visitor(regions.far);
  }

  /** @param stale Kinds of records that the far region reads late. */
  static async create(stale: readonly string[] = []): Promise<TwoRegions> {
    const world = await TestWorld.create();
    const now = () => world.now;
    const regions = await Regions.create(world.database, { now, delay, stale });
    const site = new TwoRegions(world, regions);
    const { email, password } = ann;
    equal((await site.near.post("/register", { ...ann })).status, 303);
    world.pass(delay);
    equal((await site.far.post("/login", { email, password })).status, 303);
    return site;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.regions[Symbol.dispose]();
    await this.world[Symbol.asyncDispose]();
  }
}
