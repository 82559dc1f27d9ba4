import { deepEqual, equal } from "node:assert/strict";
import { type Flow, isAnn } from "./flows.ts";
import { ann } from "./people.ts";
import { codeAt, enrolTotp, keyOn } from "./totp.ts";
import type { TestWorld } from "./world.ts";

const { email, password } = ann;

/** What changes a user's authenticator app and recovery codes. */
export const totpFlows: readonly Flow[] = [
  {
    name: "opening the page that sets up an app",
    prepare: async (world) => ({
      browser: await world.ann(),
      act: (it) => it.get("/account/totp"),
    }),
    verify: async (browser) => {
      const keyOf = async () => keyOn(await (await browser.get("/account/totp")).text());
      equal(await keyOf(), await keyOf());
    },
  },
  {
    name: "setting up an app",
    prepare: async (world) => {
      const browser = await world.ann();
      const key = keyOn(await (await browser.get("/account/totp")).text());
      const code = codeAt(key, world.now);
      return { browser, act: (it) => it.post("/account/totp", { code }) };
    },
    verify: async (_, world) => {
      deepEqual(await protectionOf(world), { factors: ["otp"], codes: 10 });
      const answer = await world.browser().post("/login", { email, password });
      equal(answer.headers.get("location"), "/login/second-factor");
    },
  },
  {
    name: "making new recovery codes",
    prepare: async (world) => {
      const browser = await world.ann();
      await enrolTotp(browser, world.now);
      return { browser, act: (it) => it.post("/account/recovery-codes") };
    },
    verify: async (browser, world) => {
      const page = await (await browser.get("/account/recovery-codes")).text();
      equal(page.includes("Save your recovery codes"), true);
      deepEqual(await protectionOf(world), { factors: ["otp"], codes: 10 });
    },
  },
  {
    name: "removing an app",
    prepare: async (world) => {
      const browser = await world.ann();
      await enrolTotp(browser, world.now);
      return { browser, act: (it) => it.post("/account/totp/remove") };
    },
    // The first request may have removed it, and renewed the session: then Ann logs in again.
    retry: async (browser) => {
      const again = await browser.post("/account/totp/remove");
      equal(again.status, 303);
      if (again.headers.get("location") !== "/login") return;
      equal((await browser.post("/login", { email, password })).status, 303);
    },
    verify: async (browser, world) => {
      await isAnn(browser);
      deepEqual(await protectionOf(world), { factors: [], codes: 0 });
    },
  },
];

async function protectionOf(world: TestWorld) {
  const { user } = await world.services.accounts.findCredential(email);
  const codes = await world.services.recoveryCodes.count(user?.id ?? "");
  return { factors: user?.factors, codes };
}
