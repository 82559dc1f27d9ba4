import { newSecretKey } from "../../lib/keys.ts";
import { Browser } from "./browser.ts";
import { freePort } from "./server.ts";
import { eventually } from "./timeouts.ts";

const root = new URL("../../", import.meta.url);
const origin = "https://app.example";

/** The variables that the platform sets, as its documentation has them, on one page or the other. */
const ofPlatform = {
  DENO_DEPLOY: "true",
  DENO_DEPLOY_ORG_ID: "5b1bd1a4-0d9c-4b5a-8f83-6c4a1a2f9b10",
  DENO_DEPLOY_ORG_SLUG: "org",
  DENO_DEPLOY_APP_ID: "c3f0b0de-93e5-4c3c-9d15-6b7a34d8a511",
  DENO_DEPLOY_APP_SLUG: "app",
  DENO_DEPLOY_ORGANIZATION_ID: "5b1bd1a4-0d9c-4b5a-8f83-6c4a1a2f9b10",
  DENO_DEPLOY_ORGANIZATION_SLUG: "org",
  DENO_DEPLOY_APPLICATION_ID: "c3f0b0de-93e5-4c3c-9d15-6b7a34d8a511",
  DENO_DEPLOY_APPLICATION_SLUG: "app",
  DENO_DEPLOY_BUILD_ID: "k2m4p6",
  DENO_DEPLOYMENT_ID: "d41d8cd98f00b204",
  DENO_TIMELINE: "production",
};

/** Another Deno than the one of the tests: the platform's may be older. */
const platformDeno = Deno.env.get("DENO_OF_DEPLOY");

/** Whether the platform's Deno can be told to refuse a temporary database: the older ones cannot. */
export const refusesTemporaryDatabase = platformDeno === undefined;

/** The variables that its owner sets in the context Production. */
export const ofOwner = { ORIGIN: origin, SECRET_KEY: newSecretKey() };

interface DeploymentOptions {
  readonly environment: Record<string, string>;
  readonly preloads: readonly string[];
}

/** The app in a process of its own, started as Deno Deploy starts it, without a disk to write to. */
export class Deployment implements AsyncDisposable {
  readonly #address: string;
  readonly #process: Deno.ChildProcess;
  readonly #output: Promise<{ readonly code: number; readonly text: string }>;
  #hasEnded = false;

  constructor({ environment, preloads }: DeploymentOptions) {
    const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
    const port = freePort();
    this.#address = `http://127.0.0.1:${port}`;
    this.#process = new Deno.Command(platformDeno ?? Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-all",
        "--deny-write",
        ...preloads.map((file) => `--preload=tests/support/${file}`),
        "main.ts",
      ],
      cwd: root,
      clearEnv: true,
      env: {
        PATH,
        HOME,
        ...DENO_DIR ? { DENO_DIR } : {},
        // The platform says where its proxy finds the app, and tells it the client's address.
        DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
        DENO_TRUST_PROXY_HEADERS: "1",
        ...ofPlatform,
        ...environment,
      },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = this.#process.output().then(({ code, stdout, stderr }) => {
      this.#hasEnded = true;
      const decoder = new TextDecoder();
      return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.stop("SIGKILL");
  }

  /** Waits until it is ready. */
  async start(): Promise<void> {
    const isReady = () => fetch(`${this.#address}/health/ready`).then(drain, () => false);
    await eventually(async () => {
      if (this.#hasEnded) throw new Error((await this.#output).text);
      return await isReady();
    });
  }

  /** Waits until the process ends by itself: its exit code, and all that it wrote. */
  async end(): Promise<{ readonly code: number; readonly text: string }> {
    await eventually(() => this.#hasEnded);
    return await this.#output;
  }

  /** Ends it with a signal: its exit code, and all that it wrote. */
  async stop(signal: Deno.Signal): Promise<{ readonly code: number; readonly text: string }> {
    this.#process.kill(signal);
    return await this.#output;
  }

  /** A browser at this address, behind the platform's proxy. */
  browser(address: string): Browser {
    const request = (url: string, init?: RequestInit) => {
      const headers = new Headers(init?.headers);
      headers.set("x-deno-client-address", `${address}:50000`);
      return fetch(url.replace(origin, this.#address), { ...init, headers, redirect: "manual" });
    };
    return new Browser({ request }, origin);
  }
}

async function drain(answer: Response): Promise<boolean> {
  await answer.body?.cancel();
  return answer.ok;
}
