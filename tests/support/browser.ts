import { equal, ok } from "node:assert/strict";
import type { Hono } from "hono";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

type Fields = Record<string, string>;

/** A browser as far as our server can tell: it keeps cookies and says where requests come from. */
export class Browser {
  readonly cookies = new Map<string, string>();
  userAgent = firefox;
  readonly #app: Hono;
  readonly #origin: string;
  readonly #persistent = new Set<string>();

  constructor(app: Hono, origin: string) {
    this.#app = app;
    this.#origin = origin;
  }

  get(path: string, headers: Fields = {}): Promise<Response> {
    return this.#fetch(path, { headers: { "sec-fetch-site": "none", ...headers } });
  }

  /** Sends a form of ours. */
  post(path: string, fields: Fields = {}, headers: Fields = {}): Promise<Response> {
    return this.#fetch(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "sec-fetch-site": "same-origin", origin: this.#origin, ...headers },
    });
  }

  /** Goes where a redirect leads. */
  follow(response: Response): Promise<Response> {
    const location = response.headers.get("location") ?? "nowhere";
    ok(location.startsWith("/") && !location.startsWith("//"), `leads to ${location}`);
    return this.get(location);
  }

  request(path: string, init: RequestInit): Promise<Response> {
    return this.#fetch(path, init);
  }

  /** Another browser with the same cookies: two tabs, or a thief. */
  copy(): Browser {
    const copy = new Browser(this.#app, this.#origin);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    copy.userAgent = this.userAgent;
    return copy;
  }

  /** Closes and opens it again: cookies without a lifetime are gone. */
  restart(): void {
    for (const name of [...this.cookies.keys()]) {
      if (!this.#persistent.has(name)) this.cookies.delete(name);
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("user-agent", this.userAgent);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie) headers.set("cookie", cookie);

    const response = await this.#app.request(this.#origin + path, { ...init, headers });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  /** Keeps a cookie, and insists on the attributes that every cookie of ours has. */
  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", ...value] = pair.split("=");
    const secure = this.#origin.startsWith("https:");
    const lifetime = attributes.find((it) => it.startsWith("Max-Age="));
    equal(name.startsWith("__Host-"), secure, line);
    equal(
      attributes.filter((it) => it !== lifetime).sort().join("; "),
      secure ? "HttpOnly; Path=/; SameSite=Lax; Secure" : "HttpOnly; Path=/; SameSite=Lax",
      line,
    );
    ok(pair.length <= 4096, "a browser would not keep it");

    this.#persistent.delete(name);
    if (lifetime === "Max-Age=0") this.cookies.delete(name);
    else this.cookies.set(name, value.join("="));
    if (lifetime && lifetime !== "Max-Age=0") this.#persistent.add(name);
  }
}
