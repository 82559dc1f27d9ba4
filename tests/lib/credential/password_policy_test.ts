import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type Blocklist,
  rangeBlocklist,
  shippedBlocklist,
} from "../../../lib/credential/blocklist.ts";
import { PasswordPolicy } from "../../../lib/credential/password_policy.ts";

const emptyList: Blocklist = { has: () => Promise.resolve(false) };
const person = { email: "ann.meyer@example.com", name: "Ann Meyer" };
const siteWords = ["latchkey", "app.example"];
const policy = new PasswordPolicy(15, siteWords, shippedBlocklist(), null);

const cases: [password: string, problem: string | null][] = [
  ["14 characters!", "password_too_short"],
  ["15 characters!!", null],
  ["🔑".repeat(8), "password_too_short"],
  ["🔑🐟🦉🐝🌳🍞🎲🚲⛵🎻🧭🪁🧵🪜🔔", null],
  ["p q r s t u v w".repeat(17) + "x", null],
  ["p".repeat(257), "password_too_long"],
  ["o\u031b\u0301".repeat(170), null],
  ["o\u031b\u0301".repeat(171), "password_too_long"], // 513 units are not normalised
  ["ann.meyer@example.com", "password_personal"],
  ["ANN.MEYER@EXAMPLE.COM", "password_personal"],
  ["annmeyer12345678", "password_personal"],
  ["Meyer.Ann.19801231", "password_personal"],
  ["latchkeylatchkey", "password_personal"],
  ["latchkey-1234567", "password_personal"],
  ["l4tchk3y!!!!!!!!", "password_personal"],
  ["mypass@latchkey-2026", "password_personal"],
  ["annmeyer likes salted popcorn", null],
  ["a latchkey for every lodger", null],
  ["seven quiet otters row", null],
  ["passwordpassword", "password_common"],
  ["PasswordPassword", "password_common"],
  ["123456789987654321", "password_common"],
  ["1qaz2wsx3edc4rfv", "password_common"],
  ["passwordpasswordhello", null],
  ["aaaaaaaaabbbbbbbbbccccccccc", null],
];

for (const [password, problem] of cases) {
  Deno.test(`"${password.slice(0, 30)}" is ${problem ?? "good"} [SEC-A6] [SEC-A8]`, async () => {
    equal(await policy.check(password, person), problem);
  });
}

Deno.test("any characters make a password, without composition rules [SEC-A5]", async () => {
  const lenient = new PasswordPolicy(15, siteWords, emptyList, null);
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme", minLength: 30, maxLength: 60 }),
      async (password) => {
        const problem = await lenient.check(password, person);
        ok(
          problem === null ||
            (problem === "password_too_long" && [...password.normalize("NFC")].length > 256),
        );
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("the filter finds listed passwords of 15 characters and more [SEC-A6]", async () => {
  const list = shippedBlocklist();
  const listed = [
    "mailcreated5240",
    "polniypizdec0211",
    "qazwsxedcrfvtgb",
    "123456789qwerty",
    "12345678900987654321",
    "qwerty123456789",
    "12345678987654321",
    "q1w2e3r4t5y6u7i8",
    "1qazxsw23edcvfr4",
    "11111111111111111111",
    "123123123123123",
    "passwordstandard",
    "1qa2ws3ed4rf5tg",
    "1234567890qwerty",
    "1234567890987654321",
  ];
  for (const password of listed) ok(await list.has(password), password);
});

Deno.test("the filter takes no unlisted password for a listed one [SEC-A6]", async () => {
  const list = shippedBlocklist();
  let found = 0;
  for (let i = 0; i < 20_000; i++) {
    if (await list.has(`not a listed password, number ${i}`)) found++;
  }
  equal(found, 0);
});

/** The SHA-1 of "password" after its first five digits, 5BAA6. */
const suffix = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

function rangeService(answer: (url: string) => Response | Promise<Response>) {
  const urls: string[] = [];
  const fetchRange = (url: string) => (urls.push(url), Promise.resolve(answer(url)));
  return { urls, list: rangeBlocklist("https://range.example/", fetchRange as typeof fetch, 50) };
}

Deno.test("a range service gets five digits of the SHA-1 and nothing else", async () => {
  const { urls, list } = rangeService(() =>
    new Response(`${"0".repeat(35)}:3\r\n${suffix}:10\r\n`)
  );
  equal(await list.has("password"), true);
  equal(await list.has("another"), false);
  equal(urls[0], "https://range.example/5BAA6");
});

Deno.test("a range service that is down, slow or broken finds no password [SEC-A7]", async () => {
  const answers: (() => Response | Promise<Response>)[] = [
    () => new Response("no", { status: 500 }),
    () => new Response("<html>"),
    () => new Response(`${suffix}:0`),
    () => Promise.reject(new TypeError("down")),
  ];
  for (const answer of answers) equal(await rangeService(answer).list.has("password"), false);

  const hanging = ((_: string, init?: RequestInit) =>
    new Promise((_, reject) => {
      const keepAlive = setTimeout(() => {}, 1000);
      init?.signal?.addEventListener(
        "abort",
        () => (clearTimeout(keepAlive), reject(init.signal?.reason)),
      );
    })) as typeof fetch;
  equal(await rangeBlocklist("https://range.example", hanging, 20).has("password"), false);
});

Deno.test("a password that only the range service knows is breached", async () => {
  const { list } = rangeService(() => new Response(`${suffix}:10`));
  const isBreached = (remote: Blocklist | null) =>
    new PasswordPolicy(8, siteWords, emptyList, remote).isBreached("password");
  equal(await isBreached(list), true);
  equal(await isBreached(emptyList), false);
  equal(await isBreached(null), false);
});
