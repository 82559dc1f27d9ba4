import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { makeHash } from "../../lib/credential/password_hash.ts";
import { TIMEOUT } from "./timeouts.ts";
import { ann } from "./people.ts";
import { TestWorld } from "./world.ts";

/** The app on a port of this process: what a real browser is shown, with a database that can be broken. */
export class BrowserServer implements AsyncDisposable {
  readonly world: TestWorld;
  readonly origin: string;
  /** What happens before a password is hashed: it may fail, or take its time. */
  beforeHash: () => Promise<void> = () => Promise.resolve();
  readonly #closing: AbortController;

  private constructor(world: TestWorld, closing: AbortController) {
    this.world = world;
    this.origin = world.config.origin;
    this.#closing = closing;
  }

  static async create(): Promise<BrowserServer> {
    const site: { world?: TestWorld; stage?: BrowserServer } = {};
    const closing = new AbortController();
    const server = Deno.serve(
      { hostname: "localhost", port: 0, onListen: () => {}, signal: closing.signal },
      (request) => (site.world as TestWorld).app.fetch(request),
    );
    site.world = await TestWorld.create({
      config: { origin: `http://localhost:${server.addr.port}` },
      hash: async (job) => {
        await site.stage?.beforeHash();
        return await makeHash(job);
      },
    });
    await site.world.ann();
    return site.stage = new BrowserServer(site.world, closing);
  }

  /** Opens a window on the app. */
  async open(browser: Browser, look: BrowserContextOptions): Promise<Page> {
    const page = await browser.newPage({ ...look, baseURL: this.origin });
    page.setDefaultTimeout(TIMEOUT);
    return page;
  }

  /** Logs Ann in there, without going through the pages. */
  async logIn(page: Page): Promise<void> {
    const client = this.world.browser();
    client.userAgent = await page.evaluate("navigator.userAgent") as string;
    await client.post("/login", { email: ann.email, password: ann.password });
    const value = client.cookies.get("session") as string;
    await page.context().addCookies([{ name: "session", value, url: this.origin }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(); // whatever is still waited for
    await this.world[Symbol.asyncDispose]();
  }
}
