import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { HOUR } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { changeUser, chosen, openLink } from "../support/password_reset.ts";
import { ann } from "../support/people.ts";
import { routesOf } from "../support/routes.ts";
import {
  enterCode,
  enterPassword,
  type Protected,
  withSecondFactor,
} from "../support/second_factor.ts";
import { enrolTotp } from "../support/totp.ts";
import { testWithMail as test, type TestWorld } from "../support/world.ts";

const { email, password } = ann;
const everything = { loginByMail: true };

/** Every way in, up to its first factor. */
const waysIn: Record<string, (world: TestWorld, anns: Protected) => Promise<[Browser, Response]>> =
  {
    "a password": async (world) => {
      const browser = world.browser();
      return [browser, await browser.post("/login", { email, password })];
    },
    "a password, to be remembered": async (world) => {
      const browser = world.browser();
      return [browser, await browser.post("/login", { email, password, remember: "on" })];
    },
    "a new password after a reset": async (world, { nextCode }) => {
      const browser = await openLink(world);
      const form = { password: chosen, code: nextCode() };
      equal((await browser.post("/password-reset/new", form)).status, 303);
      return [browser, await browser.post("/login", { email, password: chosen })];
    },
    "a mailed link": async (world) => {
      const browser = world.browser();
      await browser.post("/login/link", { email });
      await browser.get(await world.linkTo(email));
      return [browser, await browser.post("/login/link/confirm")];
    },
    "a link that verifies, in the browser that asked": async (world, { browser }) => {
      await changeUser(world, { emailVerified: false });
      await browser.post("/verify-email", { email });
      await browser.post("/logout");
      browser.cookies.delete("__Host-device");
      await browser.get(await world.linkTo(email));
      return [browser, await browser.post("/verify-email/confirm")];
    },
    "a link that verifies, with the password": async (world) => {
      await changeUser(world, { emailVerified: false });
      await world.browser().post("/verify-email", { email });
      const browser = world.browser();
      await browser.get(await world.linkTo(email));
      return [browser, await browser.post("/verify-email/confirm", { password })];
    },
  };

for (const [way, enter] of Object.entries(waysIn)) {
  test(
    `${way} logs in nobody who has a second factor before it is proved [SEC-C14]`,
    async (world) => {
      const anns = await withSecondFactor(world);
      const [browser, answer] = await enter(world, anns);
      equal(answer.headers.get("location"), "/login/second-factor");
      for (const name of ["session", "remember", "device"]) {
        ok(!browser.cookies.has(`__Host-${name}`), name);
      }
      equal((await enterCode(browser, anns.wrongCode())).status, 422);
      equal((await browser.get("/profile")).status, 302);

      const before = world.events("authn_login_success").length;
      equal((await enterCode(browser, anns.nextCode())).headers.get("location"), "/profile");
      equal((await browser.get("/account/delete")).status, 200, "it is fresh");
      equal(world.events("authn_login_success").length, before + 1);
      ok(browser.cookies.has("__Host-device"));
    },
    everything,
  );
}

/** Every place that asks for a second factor; it gives what sends a code there. */
const places: Record<
  string,
  (world: TestWorld, anns: Protected) => Promise<(code: string) => Promise<Response>>
> = {
  "/login/second-factor": (world) => {
    const browser = world.browser();
    return Promise.resolve(async (code) => {
      await enterPassword(browser);
      return await enterCode(browser, code);
    });
  },
  "/reauthenticate": (_, { browser }) => {
    return Promise.resolve(async (code) => {
      const before = browser.cookies.get("__Host-session");
      const answer = await browser.post("/reauthenticate", { code });
      if (answer.status === 303) notEqual(browser.cookies.get("__Host-session"), before);
      return answer;
    });
  },
  "/password-reset/new": async (world) => {
    const browser = await openLink(world);
    return (code) => browser.post("/password-reset/new", { password: chosen, code });
  },
};

const wrongRecoveryCode = "ABCD-EFGH-IJKL-MNOP";

for (const [place, open] of Object.entries(places)) {
  for (const kind of ["totp", "recovery_code"] as const) {
    test(`${place} counts, logs and uses up a ${kind} as every other place [SEC-C14] [SEC-I5]`, async (world) => {
      const anns = await withSecondFactor(world);
      const send = await open(world, anns);
      const [recoveryCode = ""] = anns.recoveryCodes;
      const wrong = () => kind === "totp" ? anns.wrongCode() : wrongRecoveryCode;
      for (let i = 1; i <= 4; i++) equal((await send(wrong())).status, 422, `${i}`);
      const fifth = await send(wrong());
      deepEqual([fifth.status, fifth.headers.get("retry-after")], [429, "30"]);
      const right = kind === "totp" ? anns.code() : recoveryCode;
      equal((await send(right)).status, 429, "a right code has to wait, too");

      const failed = world.events("authn_login_fail").map(({ facts }) => facts);
      deepEqual(
        failed.map(({ reason, userId, route }) => [reason, userId, route]),
        Array.from({ length: 5 }, () => [`${kind}_wrong`, anns.user.id, place]),
      );
      equal(world.events("authn_login_fail_max").length, 1);
      deepEqual(world.events("excess_rate_limit_exceeded").map(({ facts }) => facts.limit), [kind]);

      const code = anns.nextCode();
      equal((await send(kind === "totp" ? code : recoveryCode)).status, 303);
    });
  }
}

test(
  "a pending login opens nothing but its own page: every route answers as a guest's [SEC-I10]",
  async (world) => {
    await withSecondFactor(world);
    await world.delivered();
    for (const { method, path } of routesOf(world.app)) {
      if (path.startsWith("/login/second-factor") || path.startsWith("/dev/")) continue;
      const pending = world.browser();
      await enterPassword(pending);
      const guest = world.browser();
      const send = async (browser: Browser) => {
        const { status, headers } =
          await (method === "GET" ? browser.get(path) : browser.post(path));
        return { status, location: headers.get("location") };
      };
      deepEqual(await send(pending), await send(guest), `${method} ${path}`);
      ok(!pending.cookies.has("__Host-session"), `${method} ${path}`);
    }
  },
  everything,
);

test("a pending login is worth nothing as another token, and other tokens nothing as a pending login [SEC-I10]", async (world) => {
  const { browser: owner } = await withSecondFactor(world);
  const pending = world.browser();
  await enterPassword(pending);
  const token = pending.cookies.get("__Host-pending") ?? "";
  for (const name of ["session", "remember", "mailed"]) {
    const browser = world.browser();
    browser.cookies.set(`__Host-${name}`, token);
    equal((await browser.get("/profile")).status, 302, name);
    equal((await browser.get("/password-reset/new")).status, 410, name);
  }
  const browser = world.browser();
  browser.cookies.set("__Host-pending", owner.cookies.get("__Host-session") ?? "");
  equal((await browser.get("/login/second-factor")).headers.get("location"), "/login");
});

test("a hundred wrong codes from elsewhere leave the password and the recovery codes of the owner alone [SEC-C7]", async (world) => {
  const { wrongCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const thief = world.browser("198.51.100.7");
  for (let i = 0; i < 100; i++) {
    await enterPassword(thief);
    await enterCode(thief, wrongCode());
    world.pass(HOUR);
  }
  const owner = world.browser();
  await enterPassword(owner);
  equal((await enterCode(owner, code)).headers.get("location"), "/profile");
});

test("after a hundred wrong codes the owner removes the app and sets up another one [SEC-I5]", async (world) => {
  const { wrongCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const browser = world.browser();
  for (let i = 0; i < 100; i++) {
    await enterPassword(browser);
    await enterCode(browser, wrongCode());
    world.pass(HOUR);
  }
  await enterPassword(browser);
  await enterCode(browser, code);
  equal((await browser.post("/account/totp/remove")).headers.get("location"), "/account/totp");
  await enrolTotp(browser, world.now);
});
