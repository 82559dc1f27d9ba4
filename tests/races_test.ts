import { deepEqual, equal, ok } from "node:assert/strict";
import { breakableWorld } from "./support/broken_kv.ts";
import type { Browser } from "./support/browser.ts";
import { flows } from "./support/flows.ts";
import { ann } from "./support/people.ts";
import type { TestWorld } from "./support/world.ts";

const { email, password } = ann;

/** What the same person does in another browser; true when it was done. */
type Other = (world: TestWorld, browser: Browser) => Promise<boolean>;

/** Somewhere else, where she has just logged in. */
async function elsewhere(
  world: TestWorld,
  path: string,
  fields = {},
  done = 303,
): Promise<boolean> {
  const browser = world.browser();
  const login = await browser.post("/login", { email, password });
  return login.status === 303 && (await browser.post(path, fields)).status === done;
}

const others: Record<string, Other> = {
  "the name is changed": (world) => elsewhere(world, "/profile", { name: "Anna" }),
  "the account is deleted": (world) => elsewhere(world, "/account/delete", { email }),
  "the password is changed": (world) =>
    elsewhere(world, "/account/password", {
      current_password: password,
      password: "eleven grey herons wade",
    }),
  "all other sessions are ended": (world) => elsewhere(world, "/account/sessions/end-others"),
  "this browser logs out": async (_, browser) =>
    browser.cookies.size > 0 && (await browser.copy().post("/logout")).status === 303,
  "this browser reauthenticates": async (_, browser) =>
    (await browser.copy().post("/reauthenticate", { password })).status === 303,
};
/** After these nobody may be logged in by what was proved before. */
const ending = ["the account is deleted", "the password is changed", "this browser logs out"];

for (const flow of flows) {
  for (const [what, other] of Object.entries(others)) {
    Deno.test(`R6 P2 P5 ${flow.name}, and before any one of its calls to the database ${what}`, async () => {
      for (let nth = 1;; nth++) {
        const { world, broken } = await breakableWorld();
        await using _ = world;
        world.expectBrokenData("a login may come after the deletion of its user");
        const { browser, act } = await flow.arrive(world);
        let calls = 0;
        let done = false;
        const asked = browser.copy();
        const interrupt = async (): Promise<void> => {
          if (++calls < nth) broken.meanwhile = interrupt;
          else done = await other(world, asked);
        };
        broken.meanwhile = interrupt;

        const { status } = await act();
        const met = calls >= nth;
        broken.meanwhile = null;
        ok(status < 500, `call ${nth}: ${status}`);
        const found = (await world.findings()).filter((line) => !line.startsWith("leftover"));
        deepEqual(found, [], `call ${nth}`);
        if (done && ending.includes(what)) {
          equal((await browser.get("/profile")).status, 302, `call ${nth}: logged in`);
        }
        if (!met) return;
      }
    });
  }
}
