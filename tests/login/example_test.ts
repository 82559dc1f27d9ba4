import { MINUTE } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { TestClient } from "@latchkey/login/testing";
import { equal, match } from "node:assert/strict";
import { makeExample } from "../../lib/login/example.ts";

Deno.test("the example logs in, remembers, asks again where it matters, and logs out", async () => {
  let time = Date.UTC(2026, 10, 22);
  const now = () => new Date(time);
  const client = new TestClient(makeExample(memoryStore(now), now), "http://localhost:8000");
  const send = (path: string, fields: Record<string, string> = {}) =>
    client.request(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "sec-fetch-site": "same-origin" },
    });
  const go = async (answer: Response) =>
    await (await client.request(answer.headers.get("location") ?? "?")).text();
  const ann = { name: "Ann", password: "seven quiet otters row" };

  const refused = await client.request("/diary");
  equal(refused.headers.get("location"), "/login?next=%2Fdiary");
  match(await go(refused), /Please log in to access this page\.[\s\S]*name="next" value="\/diary"/);
  match(
    await (await send("/login", { ...ann, password: "wrong" })).text(),
    /Wrong name and\/or password/,
  );
  match(await go(await send("/login", { ...ann, remember: "on", next: "/diary" })), /Dear diary/);
  match(await (await client.request("/")).text(), /Hi Ann!/);

  client.restart();
  match(await (await client.request("/")).text(), /Hi Ann!/);
  const asked = await client.request("/diary");
  equal(asked.headers.get("location"), "/reauthenticate?next=%2Fdiary");
  match(await go(asked), /Is it you\?/);
  match(
    await go(await send("/reauthenticate", { password: ann.password, next: "/diary" })),
    /Dear diary/,
  );
  time += 11 * MINUTE;
  equal((await client.request("/diary")).status, 302);

  await send("/logout");
  equal((await client.request("/")).status, 302);
});
