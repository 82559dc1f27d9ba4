import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR, SECOND } from "../../../lib/time.ts";
import { chosen, loginTarget, openLink } from "../../support/password_reset.ts";
import { ann } from "../../support/people.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  withSecondFactor,
} from "../../support/second_factor.ts";
import { testWithMail as test } from "../../support/world.ts";

const { email, password } = ann;
const path = "/password-reset/new";

test("a mailed link alone resets no password of somebody with a second factor [SEC-H7]", async (world) => {
  const { wrongCode } = await withSecondFactor(world);
  const browser = await openLink(world);
  match(
    await (await browser.get(path)).text(),
    /name="code"[^>]* autocomplete="one-time-code"[^]*A link by mail alone isn’t enough/,
  );

  const refusals: [code: string | undefined, problem: RegExp][] = [
    [undefined, /id="code-problem">Please fill this in/],
    ["", /id="code-problem">Please fill this in/],
    ["1234", /id="code-problem">Please enter all six digits/],
    [wrongCode(), /id="code-problem">Wrong code, or it has been used already/],
    ["ABCD-EFGH-ABCD-EFGH", /id="code-problem">Wrong code, or it has been used already/],
  ];
  for (const [code, problem] of refusals) {
    const answer = await browser.post(path, {
      password: chosen,
      ...code === undefined ? {} : { code },
    });
    equal(answer.status, 422, code);
    match(await answer.text(), problem);
  }
  equal(await loginTarget(world, password), "/login/second-factor");
});

test("with a code the password is reset, and the factors stay enrolled [SEC-H7]", async (world) => {
  const { nextCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  equal(
    (await (await openLink(world)).post(path, { password: chosen, code: nextCode() })).headers
      .get("location"),
    "/login",
  );
  equal(await loginTarget(world, chosen), "/login/second-factor", "it is still asked for");

  const browser = await openLink(world);
  const answer = await browser.post(path, { password: "a bittern booms at dusk", code });
  match(await (await browser.follow(answer)).text(), /You used a recovery code\. 9 are left\./);
  const other = world.browser();
  await enterPassword(other, { ...ann, password: "a bittern booms at dusk" });
  equal((await enterCode(other, code)).status, 422, "the code is used up");
  equal((await enterCode(other, nextCode())).status, 303);
});

test("a refused password uses up no code", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await openLink(world);
  const code = nextCode();
  for (const refused of ["", "short", "passwordpassword"]) {
    equal((await browser.post(path, { password: refused, code })).status, 422);
  }
  equal((await browser.post(path, { password: chosen, code })).status, 303);
});

test("codes are counted together at login and at the reset, and the link outlives the wait [SEC-C14] [SEC-I5]", async (world) => {
  const { wrongCode, nextCode } = await withSecondFactor(world);
  const other = await afterPassword(world);
  for (let i = 0; i < 4; i++) await enterCode(other, wrongCode());
  const browser = await openLink(world);
  const fifth = await browser.post(path, { password: chosen, code: wrongCode() });
  deepEqual([fifth.status, fifth.headers.get("retry-after")], [429, "30"]);
  world.pass(-SECOND);
  equal((await browser.post(path, { password: chosen, code: nextCode() })).status, 429);
  world.pass(SECOND);
  equal((await browser.post(path, { password: chosen, code: nextCode() })).status, 303);
});

test("twenty resets with one code use it once [SEC-I4] [SEC-H3]", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await openLink(world);
  const code = nextCode();
  const statuses = (await Promise.all(
    Array.from({ length: 20 }, () => browser.copy().post(path, { password: chosen, code })),
  )).map(({ status }) => status);
  equal(statuses.filter((it) => it === 303).length, 1, statuses.join(" "));
});

test("an undo is no way round the second factor [SEC-H7]", async (world) => {
  const { browser: thief, nextCode } = await withSecondFactor(world);
  await thief.post("/reauthenticate", { code: nextCode() });
  const form = { current_password: password, password: "a thief has chosen this" };
  equal((await thief.post("/account/password", form)).headers.get("location"), "/account");
  const owner = world.browser();
  await owner.get(await world.linkTo(email));
  equal((await owner.post("/undo")).headers.get("location"), "/password-reset");

  await owner.get(await world.linkTo(email));
  equal((await owner.post(path, { password: chosen })).status, 422);
  equal((await owner.post(path, { password: chosen, code: nextCode() })).status, 303);
  equal(await loginTarget(world, chosen), "/login/second-factor");
});

test("a link that logs in proves no second factor [SEC-H7]", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  await browser.post("/login/link", { email });
  await browser.get(await world.linkTo(email));
  const answer = await browser.post("/login/link/confirm");
  equal(answer.headers.get("location"), "/login/second-factor");
  ok(!browser.cookies.has("__Host-session"));
  ok(!browser.cookies.has("__Host-device"));
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/profile");
  match(await (await browser.get("/account/sessions")).text(), /email link, one-time code/);
}, { loginByMail: true });

test("a link to reset ends after an hour for somebody with a second factor, too", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await openLink(world);
  world.pass(HOUR);
  equal((await browser.post(path, { password: chosen, code: nextCode() })).status, 410);
  const other = await afterPassword(world);
  equal((await enterCode(other, nextCode())).status, 303);
});
