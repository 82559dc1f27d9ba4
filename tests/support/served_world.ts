import { TestWorld } from "./world.ts";

/** A test world behind a port, for a real browser. */
export interface ServedWorld extends AsyncDisposable {
  readonly world: TestWorld;
  readonly origin: string;
}

export async function serveWorld(): Promise<ServedWorld> {
  let world: TestWorld | null = null;
  const server = serve((request) => (world as TestWorld).app.fetch(request));
  world = await TestWorld.create({ config: { origin: server.origin } });
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  };
  return { world, origin: server.origin, [Symbol.asyncDispose]: dispose };
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
