import { match } from "node:assert/strict";
import type { Server } from "./server.ts";

/** A form that the app reads already, while its body is still to come. */
export class HalfSentForm implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #body: Uint8Array;
  #sent = 0;

  private constructor(connection: Deno.Conn, body: Uint8Array) {
    this.#connection = connection;
    this.#body = body;
  }

  /** Sends the headers, and waits until the app asks for the body. */
  static async open(server: Server, path: string, body: string): Promise<HalfSentForm> {
    const { hostname, port, origin } = new URL(server.origin);
    const form = new HalfSentForm(
      await Deno.connect({ hostname, port: Number(port) }),
      new TextEncoder().encode(body),
    );
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\n` +
      "Content-Type: application/x-www-form-urlencoded\r\n" +
      `Content-Length: ${form.#body.length}\r\nExpect: 100-continue\r\n\r\n`;
    await form.#connection.write(new TextEncoder().encode(head));
    match(await form.#read(), /^HTTP\/1\.1 100 Continue/);
    return form;
  }

  /** Sends this many bytes of the body. */
  async send(bytes: number): Promise<void> {
    await this.#connection.write(this.#body.subarray(this.#sent, this.#sent + bytes));
    this.#sent += bytes;
  }

  /** Sends the rest; gives the status of the answer. */
  async finish(): Promise<number> {
    using _ = this;
    await this.send(this.#body.length - this.#sent);
    return await this.status();
  }

  async status(): Promise<number> {
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await this.#read())?.[1]);
  }

  async #read(): Promise<string> {
    const buffer = new Uint8Array(1000);
    const length = await this.#connection.read(buffer) ?? 0;
    return new TextDecoder().decode(buffer.subarray(0, length));
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
