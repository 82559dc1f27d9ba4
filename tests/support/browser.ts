import { type Requestable, TestClient } from "@latchkey/login/testing";
import { equal, ok } from "node:assert/strict";

type Fields = Record<string, string>;

/** A client that sends forms with their origin, and asserts the attributes of each cookie. */
export class Browser extends TestClient {
  readonly #origin: string;

  constructor(app: Requestable, origin: string) {
    super(app, origin);
    this.#origin = origin;
  }

  get(path: string, headers: Fields = {}): Promise<Response> {
    return this.request(path, { headers: { "sec-fetch-site": "none", ...headers } });
  }

  /** Sends a form of ours. */
  post(path: string, fields: Fields = {}, headers: Fields = {}): Promise<Response> {
    return this.request(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "sec-fetch-site": "same-origin", origin: this.#origin, ...headers },
    });
  }

  /** Sends this body as a form, unchanged: its fields may repeat, or be no fields. */
  postBody(path: string, body: BodyInit, headers: Fields = {}): Promise<Response> {
    const form = "application/x-www-form-urlencoded";
    return this.request(path, {
      method: "POST",
      body,
      headers: { "sec-fetch-site": "same-origin", "content-type": form, ...headers },
    });
  }

  /** Goes where a redirect leads. */
  follow(response: Response): Promise<Response> {
    const location = response.headers.get("location") ?? "nowhere";
    ok(location.startsWith("/") && !location.startsWith("//"), `leads to ${location}`);
    return this.get(location);
  }

  /** Asserts the attributes that each of our cookies has. */
  override keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const secure = this.#origin.startsWith("https:");
    equal(pair.startsWith("__Host-"), secure, line);
    equal(
      attributes.filter((it) => !it.startsWith("Max-Age=")).sort().join("; "),
      secure ? "HttpOnly; Path=/; SameSite=Lax; Secure" : "HttpOnly; Path=/; SameSite=Lax",
      line,
    );
    ok(pair.length <= 4096, "a browser would not keep it");
    super.keep(line);
  }
}
