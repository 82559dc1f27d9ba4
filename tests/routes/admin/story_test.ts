import { deepEqual, equal, match, ok } from "node:assert/strict";
import { SECOND } from "../../../lib/time.ts";
import type { ActWord } from "../../../views/admin/acts.tsx";
import type { Browser } from "../../support/browser.ts";
import { fillWithUsers } from "../../support/many_users.ts";
import { ann, cleo } from "../../support/people.ts";
import { act, userOf } from "../../support/roles.ts";
import { codeAt, keyOn } from "../../support/totp.ts";
import { testWithMail } from "../../support/world.ts";

/** What an activity page says happened, the newest first. */
async function activityOn(browser: Browser): Promise<string[]> {
  const page = await (await browser.get("/account/activity")).text();
  const lines = page.matchAll(/<li><p><strong>([^<]+)<\/strong>.*?<\/li>/gs);
  return Array.from(lines, ([line, title]) => {
    const [reason = ""] = /Reason: [^<]+/.exec(line) ?? [];
    return [title, ...line.includes("By an administrator") ? [reason] : []].join(". ");
  });
}

testWithMail(
  "who is invited registers with a factor, finds somebody among 100,000, suspends and reactivates them, and looks at the account; its person reads all of it [SEC-A16] [SEC-L4] [SEC-L6]",
  async (world) => {
    const anns = await world.ann();
    await anns.post("/profile", { name: "Änne Maier" });
    const there = world.newInstance();
    const phone = world.browser("192.0.2.9", there);
    await phone.post("/login", { ...ann, remember: "on" });
    const { id } = await userOf(world, ann);
    await fillWithUsers(world, 100_000);

    // The operator invites Cleo, who registers, accepts, and has to add a factor.
    const link = `/admin/invite/${await world.services.adminInvites.create(cleo.email)}`;
    const admin = await world.register(cleo);
    await admin.post("/reauthenticate", { password: cleo.password });
    await admin.get(link);
    const accepted = await admin.post("/admin/invite");
    equal(accepted.headers.get("location"), "/admin/users");
    equal((await admin.follow(accepted)).headers.get("location"), "/account/totp");
    const key = keyOn(await (await admin.get("/account/totp")).text());
    equal((await admin.post("/account/totp", { code: codeAt(key, world.now) })).status, 303);

    // She finds Ann by the beginning of her name, at a cost that the others do not raise.
    let page = "";
    const { keys } = await world.cost(async () => {
      page = await (await admin.get("/admin/users?q=anne+m")).text();
    });
    ok(keys < 200, `${keys} keys`);
    equal(page.match(/class="card"/g)?.length, 1);
    match(page, new RegExp(`href="/admin/users/${id}"`));

    // Time passes between two events: the order of those of one millisecond is not told.
    const does = async (word: ActWord, fields: Record<string, string>) => {
      world.pass(SECOND);
      const answer = await act(admin, id, word, fields);
      equal(answer.status, 303, word);
      return answer;
    };
    const logsIn = async () => {
      world.pass(SECOND);
      return await phone.post("/login", { ...ann });
    };

    // Ann is out at once, also on another instance, and reads why.
    equal((await phone.get("/profile")).status, 200);
    await does("suspend", { reason: "Too many mails" });
    for (const browser of [anns, phone]) equal((await browser.get("/profile")).status, 302);
    match(await (await logsIn()).text(), /Too many mails/);

    // She is let in again; what was remembered before is not.
    await does("reactivate", { reason: "It was a mistake" });
    phone.restart();
    equal((await phone.get("/profile")).status, 302);
    equal((await logsIn()).status, 303);

    const viewed = await does("view-as", { reason: "Ticket 7" });
    match(await (await admin.follow(viewed)).text(), /Änne Maier/);
    equal((await admin.post("/profile", { name: "Anne" })).status, 403);
    equal((await admin.post("/admin/view-as/end")).status, 303);

    for (const word of ["end-sessions", "reset-password"] as const) {
      await does(word, { reason: "Ticket 8" });
    }
    equal((await phone.get("/profile")).status, 302);
    await does("role", { reason: "Our new colleague", role: "support" });
    await logsIn();
    equal((await phone.get("/profile")).headers.get("location"), "/account/totp");
    await does("role", { reason: "Not yet" });

    // Nothing of it is hidden from Ann.
    deepEqual((await activityOn(phone)).slice(0, 9), [
      "Roles changed. Reason: Not yet",
      "Logged in",
      "Roles changed. Reason: Our new colleague",
      "A link to replace the password was mailed. Reason: Ticket 8",
      "Browsers were logged out. Reason: Ticket 8",
      "An administrator looked at the account as you see it. Reason: Ticket 7",
      "Logged in",
      "Account reactivated. Reason: It was a mistake",
      "Account suspended. Reason: Too many mails",
    ]);
    const subjects = (await world.delivered()).filter(({ to }) => to.address === ann.email)
      .map(({ subject }) => subject);
    deepEqual(subjects.filter((it) => it !== "New login to your account"), [
      "Confirm your email address",
      "Your account was suspended",
      "Your account was reactivated",
      "An administrator is looking at your account",
      "You were logged out everywhere",
      "Choose a new password",
      "Your roles were changed",
      "Your roles were changed",
    ]);
    deepEqual(
      world.events("authz_admin").map(({ facts }) => facts.action),
      ["suspend", "reactivate", "view-as", "end-sessions", "reset-password", "role", "role"],
    );
  },
);
