import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Config } from "../../lib/config.ts";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import { TIMEOUT } from "./timeouts.ts";
import { ann } from "./people.ts";
import { TestWorld } from "./world.ts";

/** A test world served on a port of this process, for a real browser. */
export class BrowserServer implements AsyncDisposable {
  readonly world: TestWorld;
  readonly origin: string;
  /** Runs before each password hash, so that a test can delay it or make it fail. */
  beforeHash: () => Promise<void> = () => Promise.resolve();
  readonly #closing: AbortController;

  private constructor(world: TestWorld, closing: AbortController) {
    this.world = world;
    this.origin = world.config.origin;
    this.#closing = closing;
  }

  /** @param fetch Other people's servers; by default there are none. */
  static async create(
    config: Partial<Config> = {},
    { fetch }: { fetch?: typeof globalThis.fetch | undefined } = {},
  ): Promise<BrowserServer> {
    const created: { world?: TestWorld; server?: BrowserServer } = {};
    const closing = new AbortController();
    const server = Deno.serve(
      { hostname: "localhost", port: 0, onListen: () => {}, signal: closing.signal },
      (request) => (created.world as TestWorld).app.fetch(request),
    );
    created.world = await TestWorld.create({
      config: { origin: `http://localhost:${server.addr.port}`, ...config },
      hash: async (job) => {
        await created.server?.beforeHash();
        return await makeHash(job);
      },
      ...fetch ? { fetch } : {},
    });
    await created.world.ann();
    return created.server = new BrowserServer(created.world, closing);
  }

  /** Opens a page whose relative URLs lead to the app. */
  async open(browser: Browser, look: BrowserContextOptions): Promise<Page> {
    const page = await browser.newPage({ ...look, baseURL: this.origin });
    page.setDefaultTimeout(TIMEOUT);
    return page;
  }

  /** Logs Ann in on this page by setting the cookie, without the login form. */
  async logIn(page: Page): Promise<void> {
    const client = this.world.browser();
    client.userAgent = await page.evaluate("navigator.userAgent") as string;
    await client.post("/login", { email: ann.email, password: ann.password });
    const name = `session_${new URL(this.origin).port}`;
    const value = client.cookies.get(name) as string;
    await page.context().addCookies([{ name, value, url: this.origin }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(); // ends open requests too
    await this.world[Symbol.asyncDispose]();
  }
}

/** Somebody else's site, or ours, on a free port of a name of this machine. */
export function serve(
  answer: (request: Request) => Response | Promise<Response>,
  hostname: "localhost" | "127.0.0.1" = "localhost",
): AsyncDisposable & { readonly origin: string } {
  const server = Deno.serve({ hostname, port: 0, onListen: () => {} }, answer);
  return {
    origin: `http://${hostname}:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
