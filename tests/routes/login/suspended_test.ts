import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { User } from "../../../lib/account/user.ts";
import { Authenticator } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { addPasskey, presentPasskey } from "../../support/passkey.ts";
import { ann } from "../../support/people.ts";
import { userOf } from "../../support/roles.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  withSecondFactor,
} from "../../support/second_factor.ts";
import { signIn, signInTest, signUp } from "../../support/sign_in.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

const { email, password } = ann;
const reason = "Too many mails";
const confirmPath = "/login/link/confirm";

/** As an administrator or a command does. */
async function suspend({ services }: TestWorld, { id }: Pick<User, "id">): Promise<void> {
  const facts = { reason };
  const writes = () => services.events.records(id, { kind: "suspended", facts, by: "command" });
  ok((await services.administration.suspend("command", id, reason, writes)).ok);
}

async function reactivate({ services }: TestWorld, { id }: User): Promise<void> {
  const writes = () => services.events.records(id, { kind: "reactivated", by: "command" });
  ok((await services.administration.reactivate("command", id, writes)).ok);
}

async function saysWhy(browser: Browser, answer: Response): Promise<void> {
  equal(answer.status, 422);
  match(await answer.text(), /Your account is suspended[^]*Too many mails/);
  equal((await browser.get("/profile")).status, 302, "nobody is logged in");
}

/** A browser that asked for a link to log in, and opened it. */
async function withLink(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  await browser.post("/login/link", { email });
  await browser.get(await world.linkTo(email));
  return browser;
}

test("a suspended person reads why after the right password, a stranger after none [SEC-C5]", async (world) => {
  await world.ann();
  await suspend(world, await userOf(world, ann));

  const browser = world.browser();
  await saysWhy(browser, await browser.post("/login", { email, password }));
  const guess = { password: "not her password" };
  const wrong = await world.browser().post("/login", { email, ...guess });
  const unknown = await world.browser().post("/login", { email: "nobody@example.com", ...guess });
  deepEqual([wrong.status, unknown.status], [422, 422]);
  equal((await wrong.text()).replaceAll(email, "nobody@example.com"), await unknown.text());
});

test("a suspended person with a second factor reads why after it, and nothing before [SEC-C5]", async (world) => {
  const { user, nextCode, wrongCode } = await withSecondFactor(world);
  await suspend(world, user);
  const browser = await afterPassword(world);

  const page = await (await browser.get("/login/second-factor")).text();
  const wrong = await (await enterCode(browser, wrongCode())).text();
  for (const text of [page, wrong]) ok(!/suspended/i.test(text) && !text.includes(reason));
  await saysWhy(browser, await enterCode(browser, nextCode()));
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/login");
});

test("a suspended person reads why after their passkey [SEC-C5]", async (world) => {
  const authenticator = new Authenticator();
  await addPasskey(await world.ann(), authenticator);
  await suspend(world, await userOf(world, ann));

  const browser = world.browser();
  await saysWhy(browser, await presentPasskey(browser, authenticator, { at: "/login/passkey" }));
});

testWithMail(
  "a suspended person reads why by a mailed link to log in [SEC-C5]",
  async (world) => {
    await world.ann();
    await suspend(world, await userOf(world, ann));

    const browser = await withLink(world);
    ok(!(await (await browser.get(confirmPath)).text()).includes(reason), "before the question");
    await saysWhy(browser, await browser.post(confirmPath));
    equal((await browser.post(confirmPath)).status, 410, "the link is used up");
  },
  { loginByMail: true },
);

testWithMail(
  "a suspended person with a second factor reads why by a mailed link only after it [SEC-C5]",
  async (world) => {
    const { user, nextCode } = await withSecondFactor(world);
    await suspend(world, user);
    const browser = await withLink(world);

    equal((await browser.post(confirmPath)).headers.get("location"), "/login/second-factor");
    await saysWhy(browser, await enterCode(browser, nextCode()));
  },
  { loginByMail: true },
);

signInTest(
  "a suspended person reads why after signing in at a provider",
  async (world, provider) => {
    await signUp(world, provider);
    const [entry] = (await world.records()).filter(({ key }) => key[0] === "user");
    await suspend(world, entry?.value as User);

    const browser = world.browser();
    await saysWhy(browser, await signIn(world, provider, browser));
  },
);

testWithMail(
  "links that were mailed before a suspension do not work, during it nor after it",
  async (world) => {
    await world.ann();
    const user = await userOf(world, ann);
    const browser = await withLink(world);
    const other = world.browser();
    await other.post("/password-reset", { email });
    await other.get(await world.linkTo(email));
    await suspend(world, user);

    const form = { password: "eleven grey herons wade" };
    const areDead = async () => {
      equal((await browser.post(confirmPath)).status, 410);
      equal((await other.post("/password-reset/new", form)).status, 410);
    };
    await areDead();
    await reactivate(world, user);
    await areDead();
    equal((await world.browser().post("/login", { email, password })).status, 303);
  },
  { loginByMail: true },
);

test("on another instance a suspension ends logins that wait for a second factor [SEC-D21]", async (world) => {
  const { user, nextCode } = await withSecondFactor(world);
  const browser = world.browser("192.0.2.9", world.newInstance());
  await enterPassword(browser);
  await suspend(world, user);

  equal((await browser.copy().get("/login/second-factor")).headers.get("location"), "/login");
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/login");
  equal((await browser.get("/profile")).status, 302);
});

test("on another instance a suspension ends remembered browsers, for ever [SEC-D21]", async (world) => {
  await world.ann();
  const user = await userOf(world, ann);
  const browser = world.browser("192.0.2.9", world.newInstance());
  await browser.post("/login", { email, password, remember: "on" });
  await suspend(world, user);

  const phone = browser.copy();
  for (const it of [browser, phone]) it.restart();
  equal((await browser.get("/profile")).status, 302);
  await reactivate(world, user);
  equal((await phone.get("/profile")).status, 302);
});
