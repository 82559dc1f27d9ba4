import { type PageState, press, send } from "./page_states.ts";

const path = "/account/api-tokens";

/** The pages of API tokens, in the order of a visit. */
export const apiTokenStates: readonly PageState[] = [
  {
    name: "api-tokens-none",
    show: async (page, server) => {
      await server.logIn(page);
      await page.goto(path);
    },
  },
  {
    name: "api-tokens-problems",
    show: async (page) => {
      await page.locator("#scope-profile-read").uncheck();
      await send(page, { name: "", days: "400" });
    },
  },
  {
    name: "api-tokens-new",
    show: async (page) => {
      await page.goto(path);
      await page.locator("#scope-sessions-end").check();
      await send(page, { name: "Evening report of my little weather station", days: "90" });
    },
  },
  { name: "api-tokens", show: (page) => page.goto(path) },
  {
    name: "api-tokens-revoking",
    show: (page) => page.locator(".entries summary").first().click(),
  },
  { name: "password-with-tokens", show: (page) => page.goto("/account/password") },
  {
    name: "api-tokens-revoked",
    show: async (page) => {
      await page.goto(path);
      await page.locator(".entries summary").first().click();
      await press(page, ".entries button.danger");
    },
  },
];
