import { deepEqual, equal, match } from "node:assert/strict";
import { developmentMail } from "../../lib/mail/mail_config.ts";
import { en } from "../../views/text/en.ts";
import type { Text } from "../../views/text/en.ts";
import { languages } from "../../views/text/languages.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest, recordProblems } from "../support/chromium.ts";
import { enter, tabTo } from "../support/keyboard.ts";
import { ann, eve } from "../support/people.ts";
import { Visitor } from "../support/visitor.ts";

// What people do by mail, in a real browser, with the development mailbox.

const site = { mail: developmentMail, loginByMail: true };
const chosen = "a heron stands in the reeds";
const latest = "two kettles sing at noon";
const newEmail = "eve@new.example.org";

for (const text of languages) {
  browserTest(
    `a newcomer verifies, resets, moves and undoes by mail, without scripts: ${text.lang}`,
    async (browser) => {
      await using server = await BrowserServer.create(site);
      const visitor = await Visitor.open(browser, { server, text });

      await registerAndVerify(visitor, text);
      await visitor.logOut();
      await resetPassword(visitor, text);
      await visitor.logIn(eve.email, chosen);
      await visitor.sees(text.profile.title, text.flash.logged_in);
      await changeEmail(visitor, text);
      await undoAndReset(visitor, text);

      deepEqual(visitor.problems, []);
    },
  );
}

async function registerAndVerify(visitor: Visitor, text: Text): Promise<void> {
  const { subject, label } = text.mail.verifyEmail;
  await visitor.click(text.nav.register);
  await visitor.send({ ...eve }, text.register.submit);
  await visitor.sees(text.verifyEmail.title);
  await visitor.openMail(subject, label);
  await visitor.sees(text.verifyEmail.confirmTitle);
  await visitor.send({}, text.verifyEmail.confirm);
  const { email_verified, logged_in } = text.flash;
  await visitor.sees(text.profile.title, `${email_verified}\n\n${logged_in}`);
}

async function resetPassword(visitor: Visitor, text: Text): Promise<void> {
  await visitor.click(text.nav.logIn);
  await visitor.click(text.login.forgotPassword);
  await visitor.send({ email: eve.email }, text.passwordReset.submit);
  await visitor.sees(text.passwordReset.title, text.flash.reset_sent);
  await chooseNewPassword(visitor, text, chosen);
}

/** Opens the newest mail to choose a password, and chooses this one. */
async function chooseNewPassword(visitor: Visitor, text: Text, password: string): Promise<void> {
  const { subject, label } = text.mail.resetPassword;
  await visitor.openMail(subject, label);
  await visitor.sees(text.passwordReset.newTitle);
  await visitor.send({ password }, text.passwordReset.save);
  await visitor.sees(text.login.title, text.flash.password_reset);
}

async function changeEmail(visitor: Visitor, text: Text): Promise<void> {
  await visitor.click(text.nav.account);
  await visitor.click(text.email.title);
  await visitor.send({ email: newEmail }, text.email.submit);
  await visitor.sees(text.email.title, text.flash.email_change_sent);
  const { subject, label } = text.mail.changeEmail;
  await visitor.openMail(subject, label);
  await visitor.sees(text.email.confirmTitle);
  await visitor.send({}, text.email.confirmSubmit);
  await visitor.sees(text.profile.title, text.flash.email_changed);
  match(await visitor.page.locator("dl").innerText(), /eve@new\.example\.org/);
}

/** From the old address: the account gets it back. */
async function undoAndReset(visitor: Visitor, text: Text): Promise<void> {
  await visitor.openMail(text.mail.emailChanged.subject, text.mail.undo);
  await visitor.sees(text.mail.undo);
  await visitor.send({}, text.mail.undo);
  await visitor.sees(text.passwordReset.title, text.flash.undone);
  await chooseNewPassword(visitor, text, latest);
  await visitor.logIn(eve.email, latest);
  await visitor.sees(text.profile.title, text.flash.logged_in);
  match(await visitor.page.locator("dl").innerText(), /eve@example\.com/);
}

browserTest("an owner throws out somebody who knew the password", async (browser) => {
  await using server = await BrowserServer.create(site);
  const thief = await Visitor.open(browser, { server, text: en });
  const owner = await Visitor.open(browser, { server, text: en });
  await thief.logIn(ann.email, ann.password);
  await thief.sees(en.profile.title, en.flash.logged_in);

  await owner.openMail(en.mail.newBrowser.subject, en.mail.undo);
  await thief.page.reload();
  await thief.sees(en.profile.title); // opening the link changed nothing
  await owner.send({}, en.mail.undo);
  await owner.sees(en.passwordReset.title, en.flash.undone);
  await thief.page.reload();
  await thief.sees(en.login.title, en.flash.log_in_first);
  await thief.logIn(ann.email, ann.password);
  await thief.sees(en.passwordReset.title, en.flash.password_compromised);

  await chooseNewPassword(owner, en, chosen);
  await thief.logIn(ann.email, ann.password);
  equal(await thief.page.locator("#form-problem").innerText(), en.login.refused);
  await owner.logIn(ann.email, chosen);
  await owner.sees(en.profile.title, en.flash.logged_in);
  deepEqual([owner.problems, thief.problems], [[], []]);
});

browserTest(
  "a link logs in the browser that asked, with a code from elsewhere",
  async (browser) => {
    await using server = await BrowserServer.create(site);
    const computer = await Visitor.open(browser, { server, text: en });
    const phone = await Visitor.open(browser, { server, text: en }, {
      viewport: { width: 360, height: 740 },
    });
    const { subject, label } = en.mail.loginLink;
    const ask = async () => {
      await computer.page.goto("/account/notices");
      await computer.click(en.loginLink.instead);
      await computer.send({ email: ann.email }, en.loginLink.submit);
      await computer.sees(en.loginLink.sentTitle);
    };

    await ask();
    const code = await computer.page.locator(".code strong").innerText();
    await phone.openMail(subject, label);
    await phone.sees(en.loginLink.enterTitle);
    await phone.send(
      { code: code === "0000 0000" ? "0000 0001" : "0000 0000" },
      en.loginLink.allow,
    );
    equal(await phone.page.locator("#form-problem").innerText(), en.loginLink.refused);
    await phone.send({ code }, en.loginLink.allow);
    await phone.sees(en.home.heading, en.flash.login_confirmed);
    await computer.send({}, en.loginLink.resume);
    await computer.sees(en.notices.title, en.flash.logged_in);
    equal(await phone.page.getByRole("button", { name: en.nav.logOut }).count(), 0);

    await computer.logOut();
    await ask();
    await computer.openMail(subject, label);
    await computer.sees(en.loginLink.confirmTitle);
    await computer.send({}, en.loginLink.confirm);
    await computer.sees(en.notices.title, en.flash.logged_in);
    deepEqual([computer.problems, phone.problems], [[], []]);
  },
);

browserTest("a keyboard is enough to replace a forgotten password", async (browser) => {
  await using server = await BrowserServer.create(site);
  const page = await server.open(browser, { locale: en.locale });
  const problems = recordProblems(page);
  const go = async (link: string) => {
    await tabTo(page, link);
    await enter(page);
  };

  await page.goto("/login");
  await go(en.login.forgotPassword);
  await page.locator("#email:focus").waitFor();
  await page.keyboard.type(ann.email);
  await enter(page);
  const link = server.origin + await server.world.linkTo(ann.email);
  await go(en.footer.mailbox);
  await go(en.mail.resetPassword.subject);
  await go(link);
  await page.locator("#password:focus").waitFor();
  await page.keyboard.type(chosen);
  await enter(page);
  await page.locator("#email:focus").waitFor();
  await page.keyboard.type(ann.email);
  await tabTo(page, "password");
  await page.keyboard.type(chosen);
  await enter(page);
  equal(await page.locator("h1").innerText(), en.profile.title);
  deepEqual(problems, []);
});

browserTest(
  "a mailed token is in no address bar, no history, no Referer and no page [SEC-H8]",
  async (browser) => {
    await using server = await BrowserServer.create(site);
    const visitor = await Visitor.open(browser, { server, text: en }, { javaScriptEnabled: true });
    await registerAndVerify(visitor, en);
    await visitor.logOut();
    await resetPassword(visitor, en);
    await visitor.logIn(eve.email, chosen);
    await changeEmail(visitor, en);
    await visitor.openMail(en.mail.emailChanged.subject, en.mail.undo);
    await visitor.click(en.footer.mailbox);

    for (let pages = 0; visitor.page.url() !== `${server.origin}/` && pages < 50; pages++) {
      await visitor.page.goBack();
    }
    equal(visitor.page.url(), `${server.origin}/`, "the history was walked to its start");
    deepEqual(await visitor.tokens.leaks(), []);
    const purposes = visitor.tokens.opened.map((path) => path.split("/").slice(1, -1).join("/"));
    deepEqual(purposes, ["verify-email", "password-reset", "account/email", "undo"]);
  },
);
