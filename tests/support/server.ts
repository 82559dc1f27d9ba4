import { deepEqual } from "node:assert/strict";
import { newSecretKey } from "../../lib/keys.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { checkStore, isViolation } from "../../lib/cli/kv_check.ts";
import { Browser } from "./browser.ts";
import { flagsOf } from "./task.ts";
import { TIMEOUT } from "./timeouts.ts";

const root = new URL("../../", import.meta.url);

interface Output {
  readonly code: number;
  readonly text: string;
}

/** The real app in its own process, on a database in a temporary folder. */
export class Server implements AsyncDisposable {
  readonly origin: string;
  readonly folder: string;
  /** The client address of forms, for a server behind a trusted proxy. */
  address: string | null = null;
  /** What runs in the process before the app does. */
  preload: string | null = "tests/support/long_deadline.ts";
  /** The file that standard output goes to, instead of the output of `stop`. */
  stdout: string | null = null;
  readonly #environment: Record<string, string>;
  #process: Deno.ChildProcess | null = null;
  #output: Promise<Output> | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.origin = `http://localhost:${port}`;
    this.#environment = {
      ORIGIN: this.origin,
      PORT: String(port),
      KV_PATH: `${folder}/latchkey.db`,
      SECRET_KEY: newSecretKey(),
    };
  }

  static async create(environment: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await Deno.makeTempDir({ prefix: "latchkey-" }), freePort());
    Object.assign(server.#environment, environment);
    return server;
  }

  /** The variables of the process, for commands on its database. */
  get environment(): Record<string, string> {
    return { ...this.#environment };
  }

  /** Another process on the same database, with the same key, on its own port. */
  sibling(): Server {
    const sibling = new Server(this.folder, freePort());
    sibling.#environment.SECRET_KEY = this.#environment.SECRET_KEY as string;
    return sibling;
  }

  /** Runs the app until it ends by itself, with exactly these variables. */
  async runToEnd(environment: Record<string, string>): Promise<Output> {
    this.#spawn(environment);
    return await (this.#output as Promise<Output>);
  }

  /** Starts the app, and waits until it answers at this path. */
  async start(
    environment: Record<string, string> = this.#environment,
    path = "/health/ready",
  ): Promise<void> {
    this.#spawn(environment);
    const ended = this.#output?.then(({ text }) =>
      Promise.reject(new Error(`It did not start:\n${text}`))
    );
    let waiting = true;
    const ready = (async () => {
      while (waiting && !await this.#answers(path)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await Promise.race([ready, ended]).finally(() => waiting = false);
  }

  signal(signal: Deno.Signal): void {
    this.#process?.kill(signal);
  }

  /** Ends the app with a signal: its exit code, and all that it wrote. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Output> {
    this.signal(signal);
    const output = await (this.#output as Promise<Output>);
    this.#process = null;
    return output;
  }

  /** A browser that keeps cookies, and follows no redirect. */
  browser(): Browser {
    const request = (url: string, init?: RequestInit) =>
      fetch(new URL(url, this.origin), { ...init, redirect: "manual" });
    return new Browser({ request }, this.origin);
  }

  /** Sends a form as a browser without cookies would. */
  async post(path: string, fields: Record<string, string>, cookie = ""): Promise<Response> {
    // Their names carry the port of the server that set them, which may be the sibling's.
    const cookies = cookie.replaceAll(/_\d+=/g, `_${new URL(this.origin).port}=`);
    const response = await fetch(this.origin + path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: {
        origin: this.origin,
        ...(cookie ? { cookie: cookies } : {}),
        ...(this.address ? { "x-forwarded-for": this.address } : {}),
      },
      redirect: "manual",
    });
    await response.body?.cancel();
    return response;
  }

  /** The database is consistent, however the process ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#process) await this.stop("SIGKILL");
      deepEqual(await this.findings(), []);
    } finally {
      await Deno.remove(this.folder, { recursive: true });
    }
  }

  /** The findings of the database check, except logins of deleted users. */
  async findings(): Promise<string[]> {
    const path = this.#environment.KV_PATH as string;
    const isThere = await Deno.stat(path).then(() => true, () => false);
    if (!isThere) return [];
    using kv = new Kv(await Deno.openKv(path), { deadline: TIMEOUT });
    const found = await Array.fromAsync(checkStore(kv, new Date()));
    return found.filter(isViolation).map(({ problem, key }) => `${problem} ${key.join(" ")}`);
  }

  #spawn(environment: Record<string, string>): void {
    const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
    // Opened for reading too, so that a pipe without a reader is not a broken one.
    const redirect = this.stdout ? ["sh", "-c", `exec "$0" "$@" 1<>${this.stdout}`] : [];
    const process = flagsOf("start", this.folder).then((flags) => {
      const preload = this.preload ? [`--preload=${this.preload}`] : [];
      const [command = "", ...args] = [
        ...redirect,
        Deno.execPath(),
        ...flags.toSpliced(1, 0, ...preload),
      ];
      return new Deno.Command(command, {
        args,
        cwd: root,
        clearEnv: true,
        env: { PATH, HOME, ...(DENO_DIR ? { DENO_DIR } : {}), NO_COLOR: "1", ...environment },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    });
    this.#output = process.then(async (child) => {
      this.#process = child;
      const { code, stdout, stderr } = await child.output();
      this.#process = null;
      const decoder = new TextDecoder();
      return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
    });
  }

  async #answers(path: string): Promise<boolean> {
    try {
      const response = await fetch(this.origin + path);
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}

/** A free port below the range that the system uses for outgoing connections. */
export function freePort(): number {
  while (true) {
    const [random = 0] = crypto.getRandomValues(new Uint16Array(1));
    const port = 20_000 + random % 12_000;
    try {
      Deno.listen({ hostname: "localhost", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
