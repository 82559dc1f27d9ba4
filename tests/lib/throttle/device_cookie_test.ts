import { equal, match, notEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { deviceCookieLifetime, DeviceCookies } from "../../../lib/throttle/device_cookie.ts";
import { Keyring } from "../../../lib/login/keyring.ts";
import { newUser } from "../../../lib/account/user.ts";
import { eve } from "../../support/people.ts";
import { SECOND } from "../../../lib/time.ts";

const [key, oldKey] = [1, 2].map((seed) => new Uint8Array(32).fill(seed)) as [
  Uint8Array<ArrayBuffer>,
  Uint8Array<ArrayBuffer>,
];
const start = new Date("2026-11-22T12:00:00Z");
const devices = new DeviceCookies(new Keyring([key]), () => start);
const userOf = (email: string) => newUser({ ...eve, email }, start);
const [ann, bob] = [userOf("ann@example.com"), userOf("bob@example.com")];

Deno.test("a device cookie is valid for one account and for 400 days", async () => {
  const cookie = await devices.issue(undefined, ann);
  const id = await devices.verify(cookie, ann);
  match(id ?? "", /^[\w-]{22}$/);
  equal(await devices.verify(cookie, bob), null);

  const at = (time: number) =>
    new DeviceCookies(new Keyring([key]), () => new Date(start.getTime() + time));
  equal(await at(deviceCookieLifetime - SECOND).verify(cookie, ann), id);
  equal(await at(deviceCookieLifetime).verify(cookie, ann), null);
});

Deno.test("another login keeps the id of the device, so that its failures stay counted", async () => {
  const cookie = await devices.issue(undefined, ann);
  const later = await devices.issue(cookie, ann);

  equal(await devices.verify(later, ann), await devices.verify(cookie, ann));
  equal(later.split("~").length, 1);
});

Deno.test("a device cookie holds the last five accounts, and stays small [SEC-D6]", async () => {
  const users = Array.from({ length: 7 }, (_, i) => userOf(`user${i}@example.com`));
  let cookie: string | undefined;
  for (const user of users) cookie = await devices.issue(cookie, user);

  for (const [i, user] of users.entries()) {
    equal(await devices.verify(cookie, user) !== null, i >= 2, String(i));
  }
  ok((cookie as string).length < 400);
});

Deno.test("a device cookie is not valid after a new password, nor for a new account with the same address", async () => {
  const cookie = await devices.issue(undefined, ann);

  equal(await devices.verify(cookie, { ...ann, epoch: ann.epoch + 1 }), null);
  equal(await devices.verify(cookie, userOf(ann.email)), null);
  notEqual(
    await devices.verify(cookie, { ...ann, name: "Anna", email: "anna@b.example" }),
    null,
  );
});

Deno.test("a device cookie does not contain the address, and differs each time [SEC-D3]", async () => {
  const cookie = await devices.issue(undefined, ann);
  ok(!cookie.includes("ann"));
  notEqual(cookie, await devices.issue(undefined, ann));
});

Deno.test("a device cookie of a fallback key is valid, and one of an unknown key is not [REL-R16]", async () => {
  const cookie = await new DeviceCookies(new Keyring([oldKey]), () => start).issue(undefined, ann);
  notEqual(
    await new DeviceCookies(new Keyring([key, oldKey]), () => start).verify(cookie, ann),
    null,
  );
  equal(await devices.verify(cookie, ann), null);
});

Deno.test("no forged or malformed device cookie is valid, and none is an error [SEC-D27]", async () => {
  const cookie = await devices.issue(undefined, ann);
  const [id, end, code] = cookie.split(".") as [string, string, string];
  const forged = [
    `${id}.zzzzzzz.${code}`,
    `${id[0] === "A" ? "B" : "A"}${id.slice(1)}.${end}.${code}`,
    `${id}.${end}.${"A".repeat(43)}`,
    `${id}.${end}.`,
    `${id}..${code}`,
  ];
  for (const it of forged) equal(await devices.verify(it, ann), null, it);
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 500 }), async (junk) => {
      equal(await devices.verify(junk, ann), null);
      ok((await devices.issue(junk, ann)).length < 100);
    }),
  );
});
