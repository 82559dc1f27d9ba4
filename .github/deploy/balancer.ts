/** More than a form of the app may have. */
const MAX_BODY = 64 * 1024;

/**
 * Sends each request to the next instance, and to another one if that one is not there. It stands
 * in for Caddy on a developer's machine: it has no TLS, and no time limits for slow clients.
 */
export class Balancer implements AsyncDisposable {
  readonly #server: Deno.HttpServer;
  readonly #addresses: readonly string[];
  #turn = 0;

  constructor(port: number, addresses: readonly string[]) {
    this.#addresses = addresses;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request, info) => {
        return this.#answer(request, info.remoteAddr as Deno.NetAddr);
      },
    );
  }

  async #answer(request: Request, { hostname }: Deno.NetAddr): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("x-forwarded-for", hostname); // not appended: clients may claim anything
    const body = request.body ? await request.arrayBuffer() : null;
    if (body && body.byteLength > MAX_BODY) return new Response(null, { status: 413 });
    const init = { method: request.method, headers, body, redirect: "manual" as const };
    for (const _ of this.#addresses) {
      const address = this.#addresses[this.#turn++ % this.#addresses.length];
      try {
        return await fetch(address + pathname + search, init);
      } catch (error) {
        // A form that an instance received may have had its effect: it is not sent twice.
        if (request.method !== "GET" && !isUnreachable(error)) {
          return new Response(null, { status: 502 });
        }
      }
    }
    return new Response(null, { status: 503, headers: { "retry-after": "5" } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function isUnreachable(error: unknown): boolean {
  const reason = error instanceof Error ? `${error.message} ${error.cause}` : "";
  return reason.includes("(Connect)");
}
