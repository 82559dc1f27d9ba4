import { equal, ok } from "node:assert/strict";
import { DAY, MINUTE, SECOND } from "../../../lib/time.ts";
import {
  address,
  anotherKnownBrowser,
  changePassword,
  fail,
  failHourly,
  knownBrowser,
  right,
  waitAfter,
  wrong,
} from "../../support/attempts.ts";
import type { Browser } from "../../support/browser.ts";
import { bob } from "../../support/people.ts";
import { test } from "../../support/world.ts";

test("five thousand guesses from 500 addresses leave the owner's own browser alone [SEC-C7]", async (world) => {
  const owner = await knownBrowser(world);

  let evaluated = 0;
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 500; i++) {
      const { status } = await world.browser(address(i)).post("/login", wrong);
      if (status === 422) evaluated++;
      else equal(status, 429);
    }
    world.pass(10 * SECOND);
  }

  ok(evaluated <= 7, `${evaluated} evaluated`);
  await waitAfter(await world.browser("198.51.100.1").post("/login", right));
  equal((await owner.post("/login", right)).status, 303);
});

test("a known browser has five tries of its own, and then waits like everybody [SEC-C7]", async (world) => {
  const owner = await knownBrowser(world);
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  await fail(owner, 5);
  equal(await waitAfter(await owner.post("/login", right)), 30);
  world.pass(30 * SECOND);
  equal((await owner.post("/login", right)).status, 303);
});

test("a browser is known for the account that was logged in to, and no other [SEC-C7]", async (world) => {
  await world.ann();
  const thief = await world.bob();
  await thief.post("/logout");
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  await waitAfter(await thief.post("/login", right));
  equal((await thief.post("/login", { ...bob })).status, 303);
});

test("a success in a known browser gives the others no new tries, and does not prolong their wait [SEC-C9]", async (world) => {
  const owner = await knownBrowser(world);
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  equal((await owner.post("/login", right)).status, 303);
  equal(await waitAfter(await stranger.post("/login", right)), 30);
  await owner.post("/logout");
  world.pass(29 * SECOND);
  equal((await owner.post("/login", right)).status, 303);
  equal(await waitAfter(await stranger.post("/login", right)), 1);
});

test("after a new password every browser is a stranger, also those that knew the old one [SEC-C6]", async (world) => {
  const owner = await world.ann();
  const former: Browser[] = [];
  for (let i = 0; i < 10; i++) former.push(await anotherKnownBrowser(world));
  const password = "a heron stands in the reeds";
  await changePassword(owner, password);

  const cost = await world.cost(async () => {
    for (const browser of former) await browser.post("/login", right);
  });
  equal(cost.hashes, 5);
  await owner.post("/logout");
  equal((await owner.post("/login", { ...right, password })).status, 303);
});

test("a known browser that was closed is open again when the password was changed elsewhere", async (world) => {
  const desk = await world.ann();
  const phone = await anotherKnownBrowser(world);
  await failHourly(world, () => phone);
  equal(world.events("authn_login_lock").length, 2); // it, and strangers
  ok(await waitAfter(await phone.post("/login", right)) > DAY / SECOND);

  await desk.post("/login", right);
  const password = "a heron stands in the reeds";
  await changePassword(desk, password);
  equal((await phone.post("/login", { ...right, password })).status, 303);
});

test("wrong passwords in a known browser count for the account as well", async (world) => {
  const owner = await knownBrowser(world);
  await fail(owner, 3);
  const stranger = world.browser(address(1));
  await fail(stranger, 2);

  equal(await waitAfter(await stranger.post("/login", right)), 30);
});

test("what the owner mistyped in a known browser does not add up, and what strangers tried stays", async (world) => {
  const owner = await world.ann();
  const stranger = world.browser(address(1));
  await fail(stranger, 2);
  for (let times = 0; times < 3; times++) {
    await owner.post("/logout");
    await fail(owner, 4);
    equal((await owner.post("/login", right)).status, 303);
  }

  await fail(stranger, 3);
  equal(await waitAfter(await stranger.post("/login", right)), 30);
});

test("the log says of a known browser that it has to wait, whatever strangers did before [SEC-N1]", async (world) => {
  const owner = await knownBrowser(world);
  const stranger = world.browser(address(1));
  await fail(stranger, 5);
  world.pass(MINUTE);
  await fail(stranger, 1);
  const said = () => world.events("authn_login_fail_max").length;
  const before = said();

  await fail(owner, 5);
  equal(said(), before + 1);
});
