import type { Page } from "playwright-core";
import { accountsWithoutHashing } from "../../lib/cli/command.ts";
import { importUsers } from "../../lib/cli/users_import.ts";
import vectors from "../lib/credential/vectors/legacy_hashes.json" with { type: "json" };
import { openLink } from "./mail_guest_states.ts";
import { type PageState, press, send, showSessions } from "./page_states.ts";
import { ann, eve, type Person } from "./people.ts";
import type { TestWorld } from "./world.ts";

// The pages that mail adds to an account, and the development mailbox.

const firstMove = "ann@new.example.com";
const secondMove = "ann.meyer@example.org";

const accountStates: readonly PageState[] = [
  {
    name: "sessions-mail",
    show: async (page, server) => {
      await server.logIn(page);
      await showSessions(page, server);
    },
  },
  {
    name: "account-mail",
    show: async (page, server) => {
      await server.logIn(page);
      await page.goto("/account");
    },
  },
  { name: "profile-confirmed", show: (page) => page.goto("/profile") },
  { name: "email", show: (page) => page.goto("/account/email") },
  { name: "email-problems", show: (page) => moveTo(page, "ann") },
  { name: "email-unchanged", show: (page) => moveTo(page, ann.email) },
  { name: "email-sent", show: (page) => moveTo(page, firstMove) },
  { name: "email-confirm", show: (page, server) => openLink(page, server, firstMove) },
  {
    name: "email-taken",
    show: async (page, { world }) => {
      await world.register({ ...ann, email: firstMove });
      await press(page, "main button[type=submit]");
    },
  },
  {
    name: "email-changed",
    show: async (page, server) => {
      await moveTo(page, secondMove);
      await openLink(page, server, secondMove);
      await press(page, "main button[type=submit]");
    },
  },
  { name: "notices", show: (page) => page.goto("/account/notices") },
  {
    name: "notices-saved",
    show: async (page) => {
      await page.locator("#new_browser").uncheck();
      await press(page, "main button[type=submit]");
    },
  },
];

async function moveTo(page: Page, email: string): Promise<void> {
  await page.goto("/account/email");
  await send(page, { email });
}

const undoStates: readonly PageState[] = [
  { name: "undo", show: (page, server) => openLink(page, server, ann.email) },
  { name: "undone", show: (page) => press(page, "main button[type=submit]") },
  {
    name: "undone-without-address",
    show: async (page, { world }) => {
      const address = "carla@example.com";
      const notice = await moveAndLose(world, { ...eve, email: address });
      await page.goto(notice);
      await press(page, "main button[type=submit]");
    },
  },
];

/** Somebody moves to another address, and the old one gets another owner. Gives the undo link. */
async function moveAndLose(world: TestWorld, person: Person): Promise<string> {
  const browser = await world.register(person);
  await browser.post("/login", { ...person }); // a link alone is not fresh enough
  const email = `new.${person.email}`;
  await browser.post("/account/email", { email });
  await browser.get(await world.linkTo(email));
  await browser.post("/account/email/confirm");
  const notice = await world.linkTo(person.email);
  await world.register(person);
  return notice;
}

/** A user from before the site sent mails. */
const old = { email: "olivia@example.com", name: "Olivia" };

const unconfirmedStates: readonly PageState[] = [
  {
    name: "verify-email-asked",
    show: async (page, { world }) => {
      const { hash, password } = vectors[0] as { hash: string; password: string };
      const accounts = accountsWithoutHashing(world.kv, () => world.now);
      await importUsers(oneLine(JSON.stringify({ ...old, hash })), accounts, "write");
      await page.goto("/login");
      await send(page, { email: old.email, password });
    },
  },
  { name: "profile-unconfirmed", show: (page) => page.goto("/profile") },
  { name: "notices-unconfirmed", show: (page) => page.goto("/account/notices") },
  {
    name: "verify-email-member",
    show: async (page, server) => {
      await page.goto("/verify-email?next=%2Fprofile");
      await send(page, {});
      await openLink(page, server, old.email);
    },
  },
  { name: "email-verified", show: (page) => press(page, "main button[type=submit]") },
];

async function* oneLine(line: string) {
  yield line;
}

/** In the order of a visit: each state needs those before it. */
export const mailMemberStates = [...accountStates, ...undoStates, ...unconfirmedStates];

/** The mailbox of development. */
export const mailboxStates: readonly PageState[] = [
  {
    name: "mailbox-empty",
    show: async (page, { world }) => {
      await emptyMailbox(world);
      await page.goto("/dev/mailbox");
    },
  },
  {
    name: "mailbox",
    show: async (page, { world }) => {
      await page.goto("/register");
      await send(page, { ...eve });
      await openMailedLink(page, world);
      await page.goto("/password-reset");
      await send(page, { email: eve.email });
      await world.delivered();
      await page.goto("/dev/mailbox");
    },
  },
  {
    name: "mailbox-mail",
    show: async (page) => {
      await press(page, "main .overview li:last-child a");
      await page.frameLocator("iframe").locator("h1").waitFor();
    },
  },
];

async function emptyMailbox(world: TestWorld): Promise<void> {
  await world.delivered();
  for await (const { key } of world.database.list({ prefix: ["mailbox"] })) {
    await world.database.delete(key);
  }
}

async function openMailedLink(page: Page, world: TestWorld): Promise<void> {
  await page.goto(await world.linkTo(eve.email));
  await press(page, "form[action$=confirm] button");
}
