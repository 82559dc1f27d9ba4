import type { Page } from "playwright-core";
import type { BrowserServer } from "./browser_server.ts";
import { type PageState, press } from "./page_states.ts";
import { ann, bob, cleo } from "./people.ts";
import { asRole, giveRoles, userOf } from "./roles.ts";
import { withSecondFactor } from "./second_factor.ts";

/** The pages of administrators, in the order of a visit. */
export const adminStates: readonly PageState[] = [
  {
    name: "forbidden",
    show: async (page, server) => {
      await server.logIn(page);
      await page.goto("/admin/users");
    },
  },
  {
    name: "admin-invite",
    show: async (page, { world }) => {
      const token = await world.services.adminInvites.create(ann.email);
      await page.goto(`/admin/invite/${token}`);
    },
  },
  {
    name: "admin-invite-others",
    show: async (page, { world }) => {
      const token = await world.services.adminInvites.create("somebody@example.com");
      await page.goto(`/admin/invite/${token}`);
    },
  },
  {
    name: "activity",
    show: async (page, { world }) => {
      const { id } = await userOf(world, ann);
      const phone = world.browser("198.51.100.7");
      await phone.post("/login", { ...ann, password: "not her password" });
      await phone.post("/login", { email: ann.email, password: ann.password });
      await phone.post("/profile", { name: ann.name });
      await giveRoles(world, ann, []);
      for (let i = 0; i < 25; i++) {
        const event = { kind: "passkey_renamed", facts: { name: "Phone" } } as const;
        const [{ key, value }] = await world.services.events.records(id, event);
        await world.database.set([...key], value);
      }
      await page.goto("/account/activity?kind=logged_in");
      await page.goto("/account/activity");
    },
  },
  { name: "activity-kind", show: (page) => page.goto("/account/activity?kind=logged_in") },
  { name: "activity-none", show: (page) => page.goto("/account/activity?kind=exported") },
  {
    name: "admin-users",
    show: async (page, server) => {
      const { world } = server;
      await withSecondFactor(world, bob);
      const userAgent = await page.evaluate("navigator.userAgent") as string;
      const { browser } = await asRole(world, ["admin"], { userAgent });
      await giveRoles(world, bob, ["support"]);
      await useLogin(page, server, browser.cookies);
      await page.goto("/admin/users");
    },
  },
  { name: "admin-users-found", show: (page) => page.goto("/admin/users?q=bo") },
  { name: "admin-users-nobody", show: (page) => page.goto("/admin/users?q=zz") },
  { name: "admin-events", show: (page) => page.goto("/admin/events") },
  { name: "admin-events-none", show: (page) => page.goto("/admin/events?kind=undone") },
  {
    name: "admin-user",
    show: async (page, { world }) => {
      const { id } = await userOf(world, bob);
      await page.goto(`/admin/users/${id}`);
    },
  },
  {
    name: "admin-user-open",
    show: async (page, { world }) => {
      const { id } = await userOf(world, ann);
      await page.goto(`/admin/users/${id}`);
      for (const summary of await page.locator(".acts summary").all()) await summary.click();
    },
  },
  {
    name: "admin-act-problems",
    show: async (page) => {
      await page.locator("#suspend-reason").evaluate((field: HTMLInputElement) => {
        field.form?.setAttribute("novalidate", "");
      });
      await press(page, 'form[action$="/suspend"] button[type=submit]');
    },
  },
  {
    name: "admin-act",
    show: async (page) => {
      await page.locator("#reason").fill("Many mails that nobody asked for");
      await press(page, "main form.card button[type=submit]");
    },
  },
  { name: "admin-user-suspended", show: (page) => page.reload() },
  {
    name: "admin-act-roles",
    show: async (page, { world }) => {
      const { id } = await userOf(world, cleo);
      await page.goto(`/admin/users/${id}`);
      await page.locator('details:has(form[action$="/role"]) summary').click();
      await page.locator("#role-admin").uncheck();
      await page.locator("#role-reason").fill("On leave");
      await press(page, 'form[action$="/role"] button[type=submit]');
    },
  },
  {
    name: "admin-act-last-admin",
    show: (page) => press(page, "main form.card button[type=submit]"),
  },
  {
    name: "view-as",
    show: async (page, { world }) => {
      await giveRoles(world, bob, []);
      const { id } = await userOf(world, bob);
      await page.goto(`/admin/users/${id}`);
      await page.locator('details:has(form[action$="/view-as"]) summary').click();
      await page.locator("#view-as-reason").fill("Ticket 7");
      await press(page, 'form[action$="/view-as"] button[type=submit]');
      await press(page, "main form.card button[type=submit]");
    },
  },
  { name: "view-as-refused", show: (page) => page.goto("/account/delete") },
  { name: "view-as-ended", show: (page) => press(page, ".view-banner button") },
  {
    name: "login-suspended",
    show: async (page) => {
      await page.context().clearCookies();
      await page.goto("/login");
      await page.locator("#email").fill(ann.email);
      await page.locator("#password").fill(ann.password);
      await press(page, "main form.card button[type=submit]");
    },
  },
];

async function useLogin(
  page: Page,
  { origin }: BrowserServer,
  cookies: ReadonlyMap<string, string>,
): Promise<void> {
  const own = [...cookies].map(([name, value]) => ({ name, value, url: origin }));
  await page.context().addCookies(own);
}
