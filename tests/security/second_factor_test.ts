import { deepEqual, equal, fail, notEqual, ok } from "node:assert/strict";
import { DAY, HOUR, MINUTE } from "../../lib/time.ts";
import { Authenticator } from "../support/authenticator.ts";
import type { Browser } from "../support/browser.ts";
import { addPasskey, optionsOf, presentPasskey } from "../support/passkey.ts";
import { changeUser, chosen, openLink } from "../support/password_reset.ts";
import { ann } from "../support/people.ts";
import { routesOf } from "../support/routes.ts";
import {
  afterPassword,
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

      const former = browser.copy();
      const before = world.events("authn_login_successafterfail").length;
      equal((await enterCode(browser, anns.nextCode())).headers.get("location"), "/profile");
      equal((await browser.get("/account/delete")).status, 200, "it is fresh");
      equal(world.events("authn_login_successafterfail").length, before + 1);
      ok(browser.cookies.has("__Host-device"));
      const again = await enterCode(former, anns.nextCode());
      equal(again.headers.get("location"), "/login", "what waited for the factor is used up");
    },
    everything,
  );
}

test("a passkey logs in without another step, fresh, and ends the browser's former session [SEC-C14]", async (world) => {
  const anns = await withPasskey(world);
  const { browser, authenticator } = anns;
  const former = browser.copy();
  const before = world.events("authn_login_success").length;
  const answer = await presentPasskey(browser, authenticator, { at: "/login/passkey" });
  equal(answer.headers.get("location"), "/profile");
  equal((await browser.get("/account/delete")).status, 200, "it is fresh");
  equal(world.events("authn_login_success").length, before + 1);
  ok(browser.cookies.has("__Host-device"));
  world.pass(2 * MINUTE);
  equal((await former.get("/profile")).status, 302);
});

test("a remembered browser is not fresh before a factor is proved, and a password is none [SEC-C14]", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  await enterPassword(browser, ann, { remember: "on" });
  await enterCode(browser, nextCode());
  browser.restart();
  world.pass(DAY);

  equal((await browser.get("/profile")).status, 200);
  const asked = "/reauthenticate?next=%2Faccount%2Fdelete";
  equal((await browser.get("/account/delete")).headers.get("location"), asked);
  equal((await browser.post("/reauthenticate", { password })).status, 422);
  equal((await browser.get("/account/delete")).headers.get("location"), asked);

  const former = browser.copy();
  equal((await browser.post("/reauthenticate", { code: nextCode() })).status, 303);
  equal((await browser.get("/account/delete")).status, 200);
  notEqual(browser.cookies.get("__Host-session"), former.cookies.get("__Host-session"));
});

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

/** Ann with an app and a passkey, her login fresh by the factor. */
async function withPasskey(world: TestWorld) {
  const anns = await withSecondFactor(world);
  equal((await anns.browser.post("/reauthenticate", { code: anns.nextCode() })).status, 303);
  const authenticator = new Authenticator();
  await addPasskey(anns.browser, authenticator);
  return { ...anns, authenticator };
}

/** Every place that takes a passkey, and a browser that stands there. */
const passkeyPlaces: Record<string, (world: TestWorld, anns: Protected) => Promise<Browser>> = {
  "/login/passkey": (world) => Promise.resolve(world.browser()),
  "/login/second-factor": async (world) => {
    const browser = await afterPassword(world);
    return browser;
  },
  "/reauthenticate": (_, { browser }) => Promise.resolve(browser),
  "/password-reset/new": (world) => openLink(world),
};

for (const [place, open] of Object.entries(passkeyPlaces)) {
  test(`${place} logs a refused passkey and takes the right one, each challenge once [SEC-C14]`, async (world) => {
    const anns = await withPasskey(world);
    const { authenticator, user } = anns;
    const browser = await open(world, anns);
    const fields = place === "/password-reset/new" ? { password: chosen } : {};
    const forger = new Authenticator();
    const changes = { id: authenticator.id, userHandle: user.id };
    const forged = await presentPasskey(browser, forger, { at: place, changes, fields });
    equal(forged.status, 422);
    const [{ facts } = fail(), ...others] = world.events("authn_login_fail");
    deepEqual([facts.reason, facts.userId, facts.route], ["passkey_invalid", user.id, place]);
    equal(others.length, 0);

    const credential = authenticator.get(await optionsOf(browser, place));
    const former = browser.copy();
    equal((await browser.post(place, { ...fields, credential })).status, 303);
    const session = browser.cookies.get("__Host-session");
    equal(session === undefined, place === "/password-reset/new", "a reset logs nobody in");
    if (session) notEqual(session, former.cookies.get("__Host-session"));

    const replayed = await former.post(place, { ...fields, credential });
    ok(!former.cookies.has("__Host-session") || replayed.status === 422, `${replayed.status}`);
  });
}

test("refused passkeys count wherever they are presented, and then a right one waits [SEC-C14]", async (world) => {
  const anns = await withPasskey(world);
  const { authenticator, user } = anns;
  const browsers: (readonly [string, Browser])[] = [];
  for (const [place, open] of Object.entries(passkeyPlaces)) {
    browsers.push([place, await open(world, anns)]);
  }
  const forger = new Authenticator();
  const changes = { id: authenticator.id, userHandle: user.id };
  const present = ([at, browser]: typeof browsers[number], by: Authenticator, changes = {}) =>
    presentPasskey(browser, by, { at, changes, fields: { password: chosen } });
  for (let i = 0; i < 100; i++) {
    const answer = await present(browsers[i % browsers.length] ?? fail(), forger, changes);
    equal(answer.status, 422, `${i}`);
  }

  for (const place of browsers) equal((await present(place, authenticator)).status, 429, place[0]);
  const limits = world.events("excess_rate_limit_exceeded").map(({ facts }) => facts.limit);
  deepEqual(limits, Array(browsers.length).fill("passkey"));
  const elsewhere = world.browser("198.51.100.7");
  const answer = await present(["/login/passkey", elsewhere], authenticator);
  equal(answer.status, 303, "the owner is not kept out");
});

test(
  "a pending login opens nothing but its own page: every route answers as a guest's [SEC-I10]",
  async (world) => {
    await withSecondFactor(world);
    await world.delivered();
    for (const { method, path } of routesOf(world.app)) {
      if (path.startsWith("/login/second-factor") || path.startsWith("/dev/")) continue;
      const pending = await afterPassword(world);
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
  const pending = await afterPassword(world);
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
  const owner = await afterPassword(world);
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
