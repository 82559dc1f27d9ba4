import type { Page } from "playwright-core";
import { recoverUser } from "../../routes/cli/users_recover.ts";
import { DAY, MINUTE } from "../../lib/time.ts";
import type { BrowserServer } from "./browser_server.ts";
import { type PageState, send } from "./page_states.ts";
import { eve } from "./people.ts";
import { enterPassword, withSecondFactor } from "./second_factor.ts";

const wrongRecoveryCode = "ABCD-EFGH-IJKL-MNOP";

/** The pages that ask for a second factor, and those of a recovery, in the order of a visit. */
export const secondFactorStates: readonly PageState[] = [
  {
    name: "second-factor",
    show: async (page, { world }) => {
      await withSecondFactor(world, eve);
      await logIn(page);
    },
  },
  { name: "second-factor-problems", show: (page) => sendCode(page, "totp", "123") },
  { name: "second-factor-wrong", show: (page) => sendCode(page, "totp", "000000") },
  {
    name: "second-factor-recovery",
    show: async (page) => {
      await page.goto("/login/second-factor");
      await page.locator("summary").click();
    },
  },
  {
    name: "second-factor-recovery-problems",
    show: (page) => sendCode(page, "recovery_code", "ABCD-1234"),
  },
  {
    name: "second-factor-recovery-wrong",
    show: (page) => sendCode(page, "recovery_code", wrongRecoveryCode),
  },
  {
    name: "second-factor-waiting",
    show: async (page, { world }) => {
      const browser = world.browser();
      for (let i = 0; i < 4; i++) {
        await enterPassword(browser, eve);
        await browser.post("/login/second-factor", { code: wrongRecoveryCode });
      }
      await sendCode(page, "recovery_code", wrongRecoveryCode);
    },
  },
  {
    name: "second-factor-ended",
    show: async (page, { world }) => {
      await logIn(page);
      world.pass(10 * MINUTE);
      await page.reload();
    },
  },
  {
    name: "password-reset-factor",
    show: async (page, { world }) => {
      await page.goto("/password-reset");
      await send(page, { email: eve.email });
      await page.goto(await world.linkTo(eve.email));
    },
  },
  {
    name: "password-reset-factor-wrong",
    show: (page) => send(page, { code: "000000", password: "a heron stands in the reeds" }),
  },
  { name: "recover-account", show: recover },
  {
    name: "recover-account-works",
    show: async (page, { world }) => {
      world.pass(DAY);
      await page.reload();
    },
  },
  {
    name: "recover-account-stopped",
    show: (page) => page.locator("main form button[type=submit]").click(),
  },
];

async function logIn(page: Page): Promise<void> {
  await page.goto("/login");
  await send(page, { email: eve.email, password: eve.password });
}

async function sendCode(page: Page, id: "totp" | "recovery_code", code: string): Promise<void> {
  const form = page.locator(`main form:has(#${id})`);
  await form.evaluate((form) => form.setAttribute("novalidate", ""));
  await page.locator(`#${id}`).fill(code);
  await Promise.all([
    page.waitForEvent("load"),
    form.locator("button[type=submit]").click(),
  ]);
}

async function recover(page: Page, { world }: BrowserServer): Promise<void> {
  const { kv, config: { origin, secretKeys, mail, eventsFor }, services } = world;
  if (!mail) throw new Error("This site has no mail");
  await recoverUser({ kv, now: () => world.now, origin, secretKeys, mail, eventsFor }, eve.email);
  await services.outbox?.sweep();
  await page.goto(await world.linkTo(eve.email));
}
