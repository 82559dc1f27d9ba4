import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import { Passwords } from "../../lib/credential/password.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import type { Config } from "../../lib/config.ts";
import { en } from "../../views/text/en.ts";
import type { Browser } from "./browser.ts";
import { ann, bob } from "./people.ts";
import { type TestWorld, withMail } from "./world.ts";

const { email, password } = ann;
const newPassword = "eleven grey herons wade";
const newEmail = "ann@example.org";
const finishPage = "/reauthenticate/finish";

/** A browser just before the action, and the action, for it or a copy of it. */
export interface Step {
  readonly browser: Browser;
  readonly act: (browser: Browser) => Promise<Response>;
}

/** One action of a person that changes the database. */
export interface Flow {
  readonly name: string;
  /** The site it happens on. */
  readonly config?: Partial<Config>;
  /** Other people's servers. */
  readonly fetch?: typeof globalThis.fetch;
  readonly prepare: (world: TestWorld) => Step | Promise<Step>;
  /** What a person does after an error; by default, the same again. */
  readonly retry?: (browser: Browser, world: TestWorld) => Promise<void>;
  /** The statuses that the same request may get when it is sent again. */
  readonly retryStatuses?: readonly number[];
  /** Verifies that it is done. */
  readonly verify: (browser: Browser, world: TestWorld) => Promise<void>;
}

const logIn = (browser: Browser) => browser.post("/login", { email, password });
const logInRemembered = (browser: Browser) =>
  browser.post("/login", { email, password, remember: "on" });
const readProfile = (browser: Browser) => browser.get("/profile");
const deleteAccount = (browser: Browser) => browser.post("/account/delete", { email });

/** What Ann, who has an account, does in a new browser. */
function elsewhere(act: Step["act"]): Flow["prepare"] {
  return async (world) => {
    await world.ann();
    return { browser: world.browser(), act };
  };
}

/** What Ann does some time after she logged in. */
function later(wait: number, act: Step["act"]): Flow["prepare"] {
  return async (world) => {
    const browser = await world.ann();
    world.pass(wait);
    return { browser, act };
  };
}

/** Tries again; the first request may have used the link: then the browser logs in. */
function orLogIn(act: Step["act"], usedUp = 410): Required<Flow>["retry"] {
  return async (browser) => {
    const again = await act(browser);
    if (again.status === 303) return;
    equal(again.status, usedUp);
    equal((await logIn(browser)).status, 303);
  };
}

/** Every action that changes the database; add new ones here. */
export const flows: readonly Flow[] = [
  {
    name: "registering",
    prepare: (world) => ({
      browser: world.browser(),
      act: (it) => it.post("/register", { ...ann }),
    }),
    // The first request may have made the account: the form then says so, and Ann logs in.
    retry: async (browser) => {
      const again = await browser.post("/register", { ...ann });
      if (again.status === 303) return;
      equal(again.status, 422);
      match(await again.text(), /There’s already an account with this address/);
      equal((await logIn(browser)).status, 303);
    },
    verify: isAnn,
  },
  {
    name: "logging in",
    prepare: elsewhere(logIn),
    verify: isAnn,
  },
  {
    name: "logging in, to be remembered",
    prepare: elsewhere(logInRemembered),
    verify: async (browser) => {
      await isAnn(browser);
      browser.restart();
      await isAnn(browser);
    },
  },
  {
    name: "logging in with a hash of old parameters",
    prepare: async (world) => {
      await world.ann();
      const { key } = (await world.dump()).find((it) => it.key[0] === "password") as Deno.KvEntry<
        unknown
      >;
      const old = new Passwords(makeHash, { memoryKiB: 16, passes: 1 }, world.config.secretKeys);
      await world.database.set(key, await old.hash(password));
      return { browser: world.browser(), act: logIn };
    },
    verify: isAnn,
  },
  {
    name: "trying a wrong password",
    prepare: elsewhere((it) => it.post("/login", { email, password: "nobody's password" })),
    retryStatuses: [422],
    verify: async (browser, world) => {
      await isNobody(browser);
      const counts = (await world.dump()).filter(({ key }) => key[1] === "account")
        .map(({ value }) => (value as { count: number }).count);
      equal(counts.length === 1 && (counts[0] ?? 0) >= 1, true, "it was not counted [REL-P7]");
    },
  },
  {
    name: "coming back with a remember cookie",
    prepare: async (world) => ({ browser: await remembered(world), act: readProfile }),
    verify: isAnn,
  },
  {
    name: "coming back with a remember cookie whose successor was not heard",
    prepare: async (world) => {
      const browser = await remembered(world);
      await browser.copy().get("/profile");
      world.pass(MINUTE);
      return { browser, act: readProfile };
    },
    verify: isAnn,
  },
  {
    name: "using a remembered session for the first time",
    prepare: async (world) => {
      const browser = await remembered(world);
      await browser.get("/profile");
      return { browser, act: readProfile };
    },
    verify: isAnn,
  },
  {
    name: "coming back with a stolen remember cookie",
    prepare: async (world) => {
      const owner = await remembered(world);
      const thief = owner.copy();
      await owner.get("/profile");
      await owner.get("/profile"); // with its new session, so that the theft shows
      world.pass(MINUTE);
      return { browser: thief, act: readProfile };
    },
    verify: isForgotten,
  },
  {
    name: "reading a page after a while",
    prepare: later(5 * MINUTE, readProfile),
    verify: isAnn,
  },
  {
    name: "coming back too late",
    prepare: later(3 * HOUR, readProfile),
    verify: isNobody,
  },
  {
    name: "logging out",
    prepare: async (world) => {
      await world.ann();
      const browser = world.browser();
      await logInRemembered(browser);
      return { browser, act: (it) => it.post("/logout") };
    },
    verify: isForgotten,
  },
  {
    name: "changing the name",
    prepare: async (world) => ({
      browser: await world.ann(),
      act: (it) => it.post("/profile", { name: "Anna" }),
    }),
    verify: async (browser) => match(await (await browser.get("/profile")).text(), /Hi Anna/),
  },
  {
    name: "reauthenticating",
    prepare: later(20 * MINUTE, (it) => it.post("/reauthenticate", { password })),
    // A renewed session's token is dead at once, also where the answer with the new one was lost.
    retry: async (browser) => {
      const again = await browser.post("/reauthenticate", { password });
      if (again.headers.get("location") === "/login") equal((await logIn(browser)).status, 303);
    },
    verify: async (browser) => equal((await browser.get("/account/password")).status, 200),
  },
  {
    name: "ending another session",
    prepare: async (world) => {
      const browser = await withThree(world);
      const page = await (await browser.get("/account/sessions")).text();
      const path = /action="(\/account\/sessions\/[^"]+\/end)"/.exec(page)?.[1] ?? "nowhere";
      return { browser, act: (it) => it.post(path) };
    },
    // The first request may have ended the session: then it is not found.
    retryStatuses: [303, 404],
    verify: async (browser, world) => {
      await isAnn(browser);
      equal(await countSessions(world), 2);
    },
  },
  {
    name: "ending all other sessions",
    prepare: async (world) => ({
      browser: await withThree(world),
      act: (it) => it.post("/account/sessions/end-others"),
    }),
    verify: async (browser, world) => {
      await isAnn(browser);
      equal(await countSessions(world), 1);
    },
  },
  {
    name: "changing the password",
    prepare: async (world) => ({ browser: await withThree(world), act: changePassword }),
    // The first request may have changed the password and ended every session.
    retry: async (browser) => {
      const again = await changePassword(browser);
      if (again.headers.get("location") !== "/login") return equal(again.status, 303);
      equal((await browser.post("/login", { email, password: newPassword })).status, 303);
    },
    verify: async (browser, world) => {
      await isAnn(browser);
      await passwordIsNew(world);
    },
  },
  {
    name: "deleting the account",
    prepare: async (world) => ({ browser: await withThree(world), act: deleteAccount }),
    verify: async (browser, world) => {
      await isNobody(browser);
      equal((await logIn(world.browser())).status, 422);
      // Counters of attempts name nobody.
      const left = (await world.dump()).filter(({ key }) => key[0] !== "rate");
      equal(left.length, 0, "something is left [SEC-N10]");
    },
  },
  {
    name: "sending a form that is held",
    prepare: later(10 * MINUTE, deleteAccount),
    verify: async (browser) => {
      const proof = await browser.post("/reauthenticate", { password });
      equal(proof.headers.get("location"), finishPage);
      equal((await browser.get(finishPage)).status, 200);
    },
  },
  {
    name: "finishing what was held",
    prepare: async (world) => {
      const { browser, id } = await withHeldRequest(world);
      return { browser, act: (it) => it.post(finishPage, { id }) };
    },
    // The first request may have taken what was held; its login is fresh by now.
    retry: async (browser) => void await deleteAccount(browser),
    verify: async (browser, world) => {
      if ((await browser.get("/profile")).status === 200) {
        equal((await browser.get(finishPage)).headers.get("location"), "/account");
        await deleteAccount(browser);
      }
      deepEqual(await world.records(), []);
    },
  },
  {
    name: "declining what was held",
    prepare: async (world) => {
      const { browser } = await withHeldRequest(world);
      return { browser, act: (it) => it.post(`${finishPage}/decline`) };
    },
    verify: async (browser) => {
      equal((await browser.get(finishPage)).headers.get("location"), "/account");
      await isAnn(browser);
    },
  },
];

/** Ann's browser, with the deletion of her account held and her login fresh. */
async function withHeldRequest(world: TestWorld): Promise<{ browser: Browser; id: string }> {
  const browser = await world.ann();
  world.pass(10 * MINUTE);
  await deleteAccount(browser);
  await browser.post("/reauthenticate", { password });
  const page = await (await browser.get(finishPage)).text();
  return { browser, id: /name="id" value="([\w-]+)"/.exec(page)?.[1] ?? "none" };
}

/** Every action that exists only on a site that sends mails. */
export const mailFlows: readonly Flow[] = ([
  {
    name: "registering with mail",
    prepare: (world) => ({
      browser: world.browser(),
      act: (it) => it.post("/register", { ...ann }),
    }),
    verify: confirmsAddress,
  },
  {
    name: "registering, with mail, an address that is taken",
    prepare: elsewhere((it) => it.post("/register", { ...bob, email })),
    verify: async (browser, world) => {
      await isNobody(browser);
      equal((await world.mailTo(email)).subject, en.mail.alreadyRegistered.subject);
    },
  },
  {
    name: "confirming an address",
    prepare: async (world) => {
      const browser = world.browser();
      await browser.post("/register", { ...ann });
      await openLink(browser, world);
      return { browser, act: (it) => it.post("/verify-email/confirm") };
    },
    retry: orLogIn((it) => it.post("/verify-email/confirm")),
    retryStatuses: [303, 410],
    verify: isAnn,
  },
  {
    name: "removing somebody else's registration",
    prepare: async (world) => {
      await world.browser().post("/register", { ...ann });
      const browser = world.browser();
      await openLink(browser, world);
      return { browser, act: (it) => it.post("/verify-email/reject") };
    },
    retryStatuses: [303, 410],
    verify: async (browser, world) => {
      equal((await logIn(browser)).status, 422);
      equal((await world.dump()).some(({ key }) => key[0] === "user"), false);
    },
  },
  {
    name: "logging in before the address is confirmed",
    prepare: async (world) => {
      await world.browser().post("/register", { ...ann });
      return { browser: world.browser(), act: logIn };
    },
    verify: isNobody,
  },
  {
    name: "asking for another link",
    prepare: async (world) => {
      await world.browser().post("/register", { ...ann });
      return { browser: world.browser(), act: (it) => it.post("/verify-email", { email }) };
    },
    verify: confirmsAddress,
  },
  {
    name: "asking for a new password",
    prepare: elsewhere((it) => it.post("/password-reset", { email })),
    verify: resetsPassword,
  },
  {
    name: "choosing a new password by its link",
    prepare: async (world) => {
      await world.ann();
      const browser = world.browser();
      await browser.post("/password-reset", { email });
      await openLink(browser, world);
      return { browser, act: resetPassword };
    },
    // The first request may have used the link.
    retry: async (browser) => {
      const again = await resetPassword(browser);
      if (again.status === 303) return;
      equal(again.status, 410);
      equal((await browser.post("/login", { email, password: newPassword })).status, 303);
      await browser.post("/logout");
    },
    retryStatuses: [303, 410],
    verify: async (browser, world) => {
      await isNobody(browser);
      await passwordIsNew(world);
      equal(await countMails(world, en.mail.passwordChanged.subject), 1);
    },
  },
  {
    name: "asking for another address",
    prepare: async (world) => ({
      browser: await fresh(world),
      act: (it) => it.post("/account/email", { email: newEmail }),
    }),
    verify: async (browser, world) => {
      await openLink(browser, world, newEmail);
      equal((await browser.post("/account/email/confirm")).headers.get("location"), "/profile");
    },
  },
  {
    name: "asking for an address that is taken",
    prepare: async (world) => {
      await world.bob();
      return {
        browser: await fresh(world),
        act: (it) => it.post("/account/email", { email: bob.email }),
      };
    },
    verify: async (_, world) => {
      equal((await world.mailTo(bob.email)).subject, en.mail.alreadyRegistered.subject);
    },
  },
  {
    name: "confirming another address",
    prepare: async (world) => {
      const browser = await fresh(world);
      await browser.post("/account/email", { email: newEmail });
      await openLink(browser, world, newEmail);
      return { browser, act: (it) => it.post("/account/email/confirm") };
    },
    // The first request may have moved the account, and this browser did not hear its new secret.
    retry: async (browser) => {
      const again = await browser.post("/account/email/confirm");
      if (again.headers.get("location") === "/profile") return;
      equal((await browser.post("/login", { email: newEmail, password })).status, 303);
    },
    retryStatuses: [303, 410],
    verify: async (browser, world) => {
      await isAnn(browser);
      equal((await logIn(world.browser())).status, 422);
      equal(await countMails(world, en.mail.emailChanged.subject), 1);
    },
  },
  {
    name: "undoing what a thief did",
    prepare: async (world) => {
      await world.ann();
      const thief = world.browser();
      await logIn(thief);
      const notice = await world.linkTo(email);
      world.pass(SECOND);
      await thief.post("/account/email", { email: newEmail });
      await openLink(thief, world, newEmail);
      await thief.post("/account/email/confirm");
      await world.delivered();
      const browser = world.browser();
      await browser.get(notice);
      return { browser, act: (it) => it.post("/undo") };
    },
    // The first request may have used the link.
    retryStatuses: [303, 410],
    verify: async (browser, world) => {
      for (const address of [email, newEmail]) {
        const refused = await world.browser().post("/login", { email: address, password });
        ok(refused.headers.get("location") !== "/profile", address);
      }
      equal(await countMails(world, en.mail.resetPassword.subject), 1);
      await resetsPassword(browser, world);
    },
  },
  {
    name: "choosing the notices",
    prepare: async (world) => ({
      browser: await world.ann(),
      act: (it) => it.post("/account/notices"),
    }),
    verify: async (browser) => {
      const page = await (await browser.get("/account/notices")).text();
      ok(!/name="new_browser"[^>]* checked/.test(page));
    },
  },
  {
    name: "deleting the account, with mail",
    prepare: async (world) => {
      await world.ann();
      const browser = world.browser();
      await logInRemembered(browser); // a notice with a link
      await world.delivered();
      return { browser, act: deleteAccount };
    },
    verify: async (browser, world) => {
      await isNobody(browser);
      equal(await countMails(world, en.mail.accountDeleted.subject), 1);
      deepEqual(await world.records(), [], "something is left [SEC-N10]");
    },
  },
  {
    name: "asking for a link to log in",
    prepare: elsewhere(askForLoginLink),
    verify: logInByLink,
  },
  {
    name: "logging in by a link",
    prepare: async (world) => {
      const browser = await withLoginLink(world);
      await openLink(browser, world);
      return { browser, act: confirmLoginLink };
    },
    retry: orLogIn(confirmLoginLink),
    verify: isAnn,
  },
  {
    name: "entering the code of a link to log in",
    prepare: async (world) => {
      const asking = await withLoginLink(world);
      const code = await loginCode(asking);
      const browser = world.browser();
      await openLink(browser, world);
      return { browser, act: (it) => it.post("/login/link/confirm", { code }) };
    },
    verify: isNobody,
  },
  {
    name: "entering a wrong code of a link to log in",
    prepare: async (world) => {
      const code = await loginCode(await withLoginLink(world)) === "0000 0000" ? "1" : "0";
      const browser = world.browser();
      await openLink(browser, world);
      return { browser, act: (it) => it.post("/login/link/confirm", { code: code.repeat(8) }) };
    },
    retryStatuses: [422],
    verify: async (browser, world) => {
      await isNobody(browser);
      const counted = (await world.dump()).map(({ value }) => Object(value).wrongCodes ?? 0);
      equal(Math.max(...counted) >= 1, true, "it was not counted");
    },
  },
  {
    name: "logging in by a link that another browser confirmed",
    prepare: async (world) => {
      const browser = await withLoginLink(world);
      const other = world.browser();
      await openLink(other, world);
      await other.post("/login/link/confirm", { code: await loginCode(browser) });
      return { browser, act: confirmLoginLink };
    },
    retry: orLogIn(confirmLoginLink, 422),
    verify: isAnn,
  },
] satisfies Flow[]).map((flow) => ({ ...flow, config: { ...withMail, loginByMail: true } }));

function askForLoginLink(browser: Browser): Promise<Response> {
  return browser.post("/login/link", { email });
}

/** A browser of Ann's that asked for a link to log in. */
async function withLoginLink(world: TestWorld): Promise<Browser> {
  await world.ann();
  const browser = world.browser();
  equal((await askForLoginLink(browser)).status, 303);
  return browser;
}

async function logInByLink(browser: Browser, world: TestWorld): Promise<void> {
  await openLink(browser, world);
  equal((await confirmLoginLink(browser)).status, 303);
  await isAnn(browser);
}

function confirmLoginLink(browser: Browser): Promise<Response> {
  return browser.post("/login/link/confirm");
}

/** The code that a browser shows after it asked for a link. */
async function loginCode(browser: Browser): Promise<string> {
  const page = await (await browser.get("/login/link/confirm")).text();
  return /<strong>([\d ]+)<\/strong>/.exec(page)?.[1] ?? "none";
}

function resetPassword(browser: Browser): Promise<Response> {
  return browser.post("/password-reset/new", { password: newPassword });
}

async function resetsPassword(browser: Browser, world: TestWorld): Promise<void> {
  await openLink(browser, world);
  equal((await resetPassword(browser)).status, 303);
}

async function confirmsAddress(browser: Browser, world: TestWorld): Promise<void> {
  await openLink(browser, world);
  equal((await browser.post("/verify-email/confirm", { password })).status, 303);
  await isAnn(browser);
}

/** Nobody gets in with the former password, and Ann with the new one. */
async function passwordIsNew(world: TestWorld): Promise<void> {
  equal((await logIn(world.browser())).status, 422);
  const answer = await world.browser().post("/login", { email, password: newPassword });
  equal(answer.headers.get("location"), "/profile");
}

/** Opens the link of the newest mail to Ann. */
async function openLink(browser: Browser, world: TestWorld, address = email): Promise<void> {
  equal((await browser.get(await world.linkTo(address))).status, 303);
}

/** How many mails with this subject were sent. */
export async function countMails(world: TestWorld, subject: string): Promise<number> {
  return (await world.delivered()).filter((mail) => mail.subject === subject).length;
}

/** Ann's browser, freshly logged in. */
async function fresh(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  equal((await browser.post("/reauthenticate", { password })).status, 303);
  return browser;
}

export async function isAnn(browser: Browser): Promise<void> {
  equal((await browser.get("/profile")).status, 200);
}

export async function isNobody(browser: Browser): Promise<void> {
  equal((await browser.get("/profile")).status, 302);
}

async function isForgotten(browser: Browser, world: TestWorld): Promise<void> {
  await isNobody(browser);
  equal((await world.dump()).filter((it) => it.key[0] === "remember").length, 0);
}

/** Counts sessions; a retired one, which is kept for a minute, is none. */
async function countSessions(world: TestWorld): Promise<number> {
  return (await world.dump()).filter(({ value }) => Object(value).successor === null).length;
}

/** Ann's browser, restarted: it has only the remember cookie. */
async function remembered(world: TestWorld): Promise<Browser> {
  await world.ann();
  const browser = world.browser();
  await logInRemembered(browser);
  browser.restart();
  world.pass(DAY);
  return browser;
}

/** Ann's browser, and two others of hers, one of them remembered. */
async function withThree(world: TestWorld): Promise<Browser> {
  await world.ann();
  await logInRemembered(world.browser());
  world.pass(SECOND);
  const browser = world.browser();
  await logInRemembered(browser);
  return browser;
}

function changePassword(browser: Browser): Promise<Response> {
  return browser.post("/account/password", { current_password: password, password: newPassword });
}
