import { deepEqual, equal } from "node:assert/strict";
import { Balancer } from "../../.github/deploy/balancer.ts";
import { freePort } from "../support/server.ts";

/** An instance that notes what it gets, and its address. */
function serve(answer: (request: Request) => Response) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  return { address: `http://127.0.0.1:${server.addr.port}`, server };
}

/** An instance that dies as soon as it received something. */
function serveAndDie() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received: string[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      const bytes = new Uint8Array(10_000);
      const count = await connection.read(bytes);
      received.push(new TextDecoder().decode(bytes.subarray(0, count ?? 0)).split(" ")[0] ?? "");
      connection.close();
    }
  })();
  const stop = async () => {
    listener.close();
    await serving.catch(() => {});
  };
  return { address: `http://127.0.0.1:${listener.addr.port}`, received, stop };
}

Deno.test("the balancer sends a page to another instance, but a form that was received never twice", async () => {
  const seen: string[] = [];
  const living = serve(({ method }) => (seen.push(method), new Response("here")));
  const dying = serveAndDie();
  const port = freePort();
  const site = `http://127.0.0.1:${port}/`;
  try {
    await using _ = new Balancer(port, [dying.address, living.address]);
    const page = await fetch(site);
    equal(await page.text(), "here");
    deepEqual([dying.received, seen], [["GET"], ["GET"]]);

    const form = await fetch(site, { method: "POST", body: "a=b" });
    equal(form.status, 502);
    deepEqual([dying.received, seen], [["GET", "POST"], ["GET"]]);
    await form.body?.cancel();
  } finally {
    await living.server.shutdown();
    await dying.stop();
  }
});

Deno.test("the balancer skips instances that are not there, and believes no client's word about its address", async () => {
  const addresses: (string | null)[] = [];
  const living = serve(({ headers }) => {
    addresses.push(headers.get("x-forwarded-for"));
    return new Response(null, { status: 303, headers: { location: "/" } });
  });
  const port = freePort();
  const nowhere = `http://127.0.0.1:${freePort()}`;
  try {
    await using _ = new Balancer(port, [nowhere, living.address]);
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(`http://127.0.0.1:${port}/login`, {
        method: "POST",
        body: "a=b",
        headers: { "x-forwarded-for": "203.0.113.9" },
        redirect: "manual",
      });
      equal(answer.status, 303);
      await answer.body?.cancel();
    }
    deepEqual(addresses, ["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  } finally {
    await living.server.shutdown();
  }
});
