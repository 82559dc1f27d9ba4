import { equal } from "node:assert/strict";
import { DAY, HOUR, MINUTE, recommendedLifetimes, SECOND } from "@latchkey/login";
import type { TestClient } from "@latchkey/login/testing";
import { makeSite } from "./site.ts";

const limits = { idle: 15 * MINUTE, absolute: 12 * HOUR };

/** A site that keeps Ann's sessions short. */
const strictSite = () => makeSite({ limits: ({ name }) => name === "Ann" ? limits : null });

const who = async (client: TestClient) => await (await client.request("/who")).text();

Deno.test("a user's own idle limit ends their sessions to the second, and nobody else's [SEC-D11]", async () => {
  const site = strictSite();
  const [early, late, other] = [
    await site.loggedIn("1"),
    await site.loggedIn("1"),
    await site.loggedIn("2"),
  ];

  site.pass(limits.idle - SECOND);
  equal(await who(early), "Ann");
  site.pass(SECOND);
  equal(await who(late), "nobody");
  equal(await who(early), "Ann");
  equal(await who(other), "Bob");
});

Deno.test("a user's own absolute limit ends a session in use to the second [SEC-D12]", async () => {
  const site = strictSite();
  const client = await site.loggedIn("1");

  for (let used = 0; used < limits.absolute - 10 * MINUTE; used += 10 * MINUTE) {
    site.pass(10 * MINUTE);
    equal(await who(client), "Ann");
  }
  site.pass(10 * MINUTE - SECOND);
  equal(await who(client), "Ann");
  site.pass(SECOND);
  equal(await who(client), "nobody");
});

Deno.test("limits hold from the next request on, for sessions that began before", async () => {
  let areLimited = false;
  const site = makeSite({ limits: () => areLimited ? limits : null });
  const [idle, old] = [await site.loggedIn("1"), await site.loggedIn("2")];
  for (let used = 0; used < limits.absolute; used += HOUR) {
    site.pass(HOUR);
    equal(await who(old), "Bob");
    if (used < limits.absolute - 2 * HOUR) equal(await who(idle), "Ann");
  }
  areLimited = true;

  equal(await who(idle), "nobody");
  equal(await who(old), "nobody");
});

Deno.test("limits only shorten: those beyond the lifetimes of all change nothing", async () => {
  const site = makeSite({ limits: () => ({ idle: DAY, absolute: 30 * DAY }) });
  const client = await site.loggedIn("1");

  site.pass(recommendedLifetimes.idle);
  equal(await who(client), "nobody");
});

Deno.test("limits that are no numbers log their user out", async () => {
  for (const wrong of [{}, { idle: NaN, absolute: HOUR }, { idle: HOUR }]) {
    const site = makeSite({ limits: () => wrong as never });

    equal(await who(await site.loggedIn("1")), "nobody", Deno.inspect(wrong));
  }
});

Deno.test("the list of sessions has none that is over by its user's limits", async () => {
  const site = strictSite();
  await site.loggedIn("1");
  site.pass(limits.idle);

  equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 0);
});
