import { Browser } from "../support/browser.ts";
import { origin } from "./our_server.ts";
import type { ServerProcess } from "./server_process.ts";
import { emailOf, password } from "./users.ts";

let networks = 0;

/** A browser of its own network, behind the proxy of a server in another process. */
export class Visitor extends Browser {
  readonly #network: string;

  constructor({ address }: ServerProcess) {
    const network = nextNetwork();
    super({
      request: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set("x-forwarded-for", network);
        return fetch(url.replace(origin, address), { ...init, headers, redirect: "manual" });
      },
    }, origin);
    this.#network = network;
  }

  /** Sends the form; the status of the answer. */
  async logIn(user: number): Promise<number> {
    return await this.send("/login", { email: emailOf(user), password });
  }

  async send(path: string, fields: Record<string, string>): Promise<number> {
    return await finish(await this.post(path, fields));
  }

  async open(path: string): Promise<void> {
    const status = await finish(await this.get(path));
    if (status !== 200) throw new Error(`Cannot measure ${path}: it was answered ${status}`);
  }

  /** What it sends with every request, for a load generator. */
  get headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return {
      "Host": new URL(origin).host,
      "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "accept-language": "en-GB,en;q=0.7,it;q=0.3",
      "user-agent": this.userAgent,
      "x-forwarded-for": this.#network,
      ...cookie ? { cookie } : {},
    };
  }
}

/** Somebody who is logged in, and has seen the page that says so. */
export async function loggedIn(server: ServerProcess, user: number): Promise<Visitor> {
  const visitor = new Visitor(server);
  const status = await visitor.logIn(user);
  if (status !== 303) throw new Error(`Cannot log in: it was answered ${status}`);
  await visitor.open("/profile");
  return visitor;
}

async function finish(response: Response): Promise<number> {
  await response.arrayBuffer();
  return response.status;
}

function nextNetwork(): string {
  const n = networks++;
  return `10.${n >> 16 & 255}.${n >> 8 & 255}.${n & 255}`;
}
