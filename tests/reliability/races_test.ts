import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { flows } from "../support/flows.ts";
import { identityFlows } from "../support/identity_flows.ts";
import { passkeyFlows } from "../support/passkey_flows.ts";
import { secondFactorFlows } from "../support/second_factor_flows.ts";
import { totpFlows } from "../support/totp_flows.ts";
import { ann } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

const { email, password } = ann;

/** Prepares what the same person does at the same time; it returns whether that was done. */
type Other = (
  world: TestWorld,
  browser: Browser,
) => Promise<() => Promise<boolean>> | (() => Promise<boolean>);

/** In another browser, where she is logged in. */
function elsewhere(path: string, fields = {}): Other {
  return async (world) => {
    const browser = world.browser();
    const login = await browser.post("/login", { email, password });
    return async () => login.status === 303 && isDone(await browser.copy().post(path, fields));
  };
}

/** In a parallel request of the same browser, where she is logged in. */
function beside(path: string, fields = {}): Other {
  return (_, browser) => async () =>
    browser.cookies.has("__Host-session") && isDone(await browser.copy().post(path, fields));
}

function isDone(answer: Response): boolean {
  const location = answer.headers.get("location") ?? "";
  return answer.status === 303 && !["/login", "/reauthenticate"].includes(location);
}

const others: Record<string, Other> = {
  "the name is changed": elsewhere("/profile", { name: "Anna" }),
  "the account is deleted": async (world, browser) => {
    const post = await elsewhere("/account/delete", { email })(world, browser);
    // Without a login the form leads to the same page.
    return async () => await post() && !(await world.dump()).some(({ key }) => key[0] === "user");
  },
  "the password is changed": elsewhere("/account/password", {
    current_password: password,
    password: "eleven grey herons wade",
  }),
  "all other sessions are ended": elsewhere("/account/sessions/end-others"),
  "this browser logs out": beside("/logout"),
  "this browser reauthenticates": beside("/reauthenticate", { password }),
};
/** After these, no earlier login counts. */
const ending = ["the account is deleted", "the password is changed", "this browser logs out"];

const allFlows = [...flows, ...totpFlows, ...passkeyFlows, ...secondFactorFlows, ...identityFlows];

for (const flow of allFlows) {
  for (const [what, other] of Object.entries(others)) {
    Deno.test(`${flow.name}, while ${what} before any one of its calls to the database [REL-R6] [REL-P2] [REL-P5]`, async () => {
      const { config = {}, fetch } = flow;
      await using world = await TestWorld.create({ config, ...fetch ? { fetch } : {} });
      world.allowInvalidData("a login may come after the deletion of its user");
      const { browser, act } = await flow.prepare(world);
      const prepared = await other(world, browser);
      const restore = await world.checkpoint();
      for (let nth = 1;; nth++) {
        let calls = 0;
        let meanwhile = Promise.resolve(false);
        const interrupt = async (): Promise<void> => {
          if (++calls < nth) world.broken.meanwhile = interrupt;
          else {
            meanwhile = prepared();
            // It may have to wait for this very request: then this request goes on.
            const enough = Promise.withResolvers<void>();
            const timer = setTimeout(enough.resolve, 50);
            await Promise.race([meanwhile, enough.promise]);
            clearTimeout(timer);
          }
        };
        world.broken.meanwhile = interrupt;

        const tab = browser.copy();
        const { status } = await act(tab);
        world.broken.meanwhile = null;
        const done = await meanwhile;
        ok(status < 500, `call ${nth}: ${status}`);
        const found = (await world.findings()).filter((line) => !line.startsWith("leftover"));
        deepEqual(found, [], `call ${nth}`);
        if (done && ending.includes(what)) {
          equal((await tab.get("/profile")).status, 302, `call ${nth}: logged in`);
        }
        if (calls < nth) return;
        await restore();
      }
    });
  }
}
