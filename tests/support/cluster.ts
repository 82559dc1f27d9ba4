import { deepEqual } from "node:assert/strict";
import { Cluster, findDenokv } from "../../.github/deploy/cluster.ts";
import { Browser } from "./browser.ts";
import { freePort } from "./server.ts";
import { runTask } from "./task.ts";

const denokv = await findDenokv();

type Settings = Partial<Pick<Parameters<typeof Cluster.start>[0], "environment" | "flags">>;

/**
 * A test with three instances of the app on one denokv, each in a process of its own. Where there is
 * no denokv, the test is skipped and its name says why.
 */
export function clusterTest(
  name: string,
  run: (cluster: Cluster) => Promise<void>,
  settings: Settings = {},
): void {
  if (!denokv) {
    const reason = "skipped: denokv is neither on the PATH nor in DENOKV";
    Deno.test({ name: `${name} (${reason})`, ignore: true, fn: () => {} });
    return;
  }
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
    try {
      const cluster = await Cluster.start({
        folder,
        denokv,
        instances: 3,
        flags: settings.flags ?? ["--preload=tests/support/long_deadline.ts"],
        environment: { ORIGIN: `http://localhost:${freePort()}`, ...settings.environment },
      });
      await using _ = cluster;
      await run(cluster);
      await isSound(cluster, folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** The command that checks every record finds nothing wrong. */
async function isSound({ database }: Cluster, folder: string): Promise<void> {
  const { code, out, errors } = await runTask("kv:check", folder, [], database.KV_PATH, database);
  deepEqual({ code, errors }, { code: 0, errors: "" }, out);
}

let networks = 0;

/** Somebody with one browser, whose requests go where the test says. */
export class ClusterVisitor extends Browser {
  readonly #network: string;
  readonly #cluster: Cluster;
  readonly #target: { address: string };

  constructor(cluster: Cluster) {
    const target = { address: cluster.origin };
    const n = networks++; // each network may try only so often
    const network = `10.${n >> 16 & 255}.${n >> 8 & 255}.${n & 255}`;
    super({
      request: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set("x-forwarded-for", network);
        const address = url.replace(cluster.origin, target.address);
        return fetch(address, { ...init, headers, redirect: "manual" });
      },
    }, cluster.origin);
    this.#network = network;
    this.#cluster = cluster;
    this.#target = target;
  }

  /** Another browser with the same cookies, which keeps them when this one logs out. */
  twin(): ClusterVisitor {
    const twin = new ClusterVisitor(this.#cluster);
    for (const [name, value] of this.cookies) twin.cookies.set(name, value);
    return twin;
  }

  /** From now on at this instance. */
  at(instance: number): this {
    this.#target.address = this.#cluster.instances[instance]?.address ?? "";
    return this;
  }

  /** From now on at the address of the site, where the balancer chooses. */
  atOrigin(): this {
    this.#target.address = this.#cluster.origin;
    return this;
  }

  /** What it sends with every request, for a load generator. */
  get headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return { "cookie": cookie, "user-agent": this.userAgent, "x-forwarded-for": this.#network };
  }

  /** Sends a form: the status of the answer, null without one. */
  async send(path: string, fields: Record<string, string> = {}): Promise<number | null> {
    const answer = await this.post(path, fields).catch(() => null);
    await answer?.body?.cancel();
    return answer?.status ?? null;
  }

  /** Opens a page: the status of the answer. */
  async open(path: string): Promise<number> {
    const answer = await this.get(path);
    await answer.body?.cancel();
    return answer.status;
  }
}
