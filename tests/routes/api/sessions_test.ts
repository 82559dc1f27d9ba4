import { deepEqual, equal, match } from "node:assert/strict";
import { askApi, createToken } from "../../support/api_tokens.ts";
import { ann } from "../../support/people.ts";
import { test } from "../../support/world.ts";

const scopes = ["sessions:read", "sessions:end"] as const;
const path = "/api/sessions";
const remove = { method: "DELETE" };

interface Listed {
  readonly id: string;
  readonly isCurrent: boolean;
}

async function listed(answer: Response): Promise<Listed[]> {
  equal(answer.status, 200);
  return (await answer.json()).sessions;
}

test("a program sees where its user is logged in, and no secrets [SEC-L3]", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser, { scopes });

  deepEqual(await (await askApi(world, path, token)).json(), {
    sessions: [{
      id: (await listed(await browser.get(path)))[0]?.id,
      createdAt: "2026-11-22T12:00:00.000Z",
      seenAt: "2026-11-22T12:00:00.000Z",
      browser: "Firefox",
      system: "Linux",
      network: "192.0.2.x",
      methods: ["pwd"],
      isCurrent: false,
    }],
  });
  deepEqual((await listed(await browser.get(path))).map((it) => it.isCurrent), [true]);
});

test("a program logs a browser out at once, with an event in the same commit", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser, { scopes });
  const phone = world.browser();
  await phone.post("/login", { email: ann.email, password: ann.password });
  const [, other] = (await listed(await phone.get(path))).sort((a) => a.isCurrent ? -1 : 1);

  const answer = await askApi(world, `${path}/${other?.id}`, token, remove);
  deepEqual([answer.status, await answer.text()], [204, ""]);
  equal((await browser.get("/profile")).status, 302);
  equal((await phone.get("/profile")).status, 200);
  const { user } = await world.services.accounts.findCredential(ann.email);
  const { events } = await world.services.events.list(user?.id ?? "", { limit: 1 });
  deepEqual([events[0]?.kind, events[0]?.facts], ["session_ended", { token: "Reader" }]);
  match(
    await (await phone.get("/account/activity")).text(),
    /A browser was logged out[^]*By the API token “Reader”/,
  );
});

test("nobody ends another person's session [SEC-L2]", async (world) => {
  const token = await createToken(await world.ann(), { scopes });
  const bob = await world.bob();
  const [theirs] = await listed(await bob.get(path));

  for (const id of [theirs?.id, "x", "%00", "a".repeat(300)]) {
    const answer = await askApi(world, `${path}/${id}`, token, remove);
    equal(answer.status, 404, id);
  }
  equal((await bob.get("/profile")).status, 200);
});

test("another site's script ends no session, and one of ours does [SEC-E2]", async (world) => {
  const browser = await world.ann();
  const [own] = await listed(await browser.get(path));
  const send = (headers: Record<string, string>) =>
    browser.request(`${path}/${own?.id}`, { method: "DELETE", headers });

  for (
    const headers of [
      {},
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site", authorization: "Basic YTpi" },
    ]
  ) {
    equal((await send(headers as Record<string, string>)).status, 403, Deno.inspect(headers));
  }
  equal((await send({ "sec-fetch-site": "cross-site", authorization: "Bearer x" })).status, 401);
  equal((await browser.get("/profile")).status, 200);
  equal((await send({ "sec-fetch-site": "same-origin" })).status, 204);
  equal((await browser.get("/profile")).status, 302);
});
