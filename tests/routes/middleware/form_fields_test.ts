import { deepEqual, equal, match, ok } from "node:assert/strict";
import { en } from "../../../views/text/en.ts";
import { forms } from "../../support/forms.ts";
import { ann } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

const register = forms["/register"]?.fields ?? {};

const fits: [what: string, field: string, value: string][] = [
  ["80 characters of 4 bytes", "name", "🦦".repeat(80)],
  ["an emoji that is joined of many", "name", "Ann 👩‍❤️‍👩"],
  ["a Persian name with a joiner", "name", "می‌خواهم"],
  ["the flags of England, Scotland and Wales", "name", "Ann 🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿"],
  ["a kanji in the shape its owner writes", "name", "葛\u{e0100}城"],
  [
    "254 bytes",
    "email",
    `${"l".repeat(64)}@${"d".repeat(61)}.${"d".repeat(61)}.${"d".repeat(57)}.example`,
  ],
  ["256 characters", "password", "ø".repeat(256)],
];

for (const [what, field, value] of fits) {
  test(`${field} accepts ${what} [SEC-G7]`, async (world) => {
    equal((await world.browser().post("/register", { ...register, [field]: value })).status, 303);
    if (field === "name") equal((await userOf(world)).name, value);
  });
}

const misfits: [what: string, field: string, value: string][] = [
  ["81 characters", "name", "n".repeat(81)],
  ["so long that it is not normalised", "name", "o\u031b\u0301".repeat(60)],
  ["spaces only", "name", " \u3000\u00a0 "],
  [
    "255 bytes",
    "email",
    `${"l".repeat(64)}@${"d".repeat(61)}.${"d".repeat(61)}.${"d".repeat(58)}.example`,
  ],
  ["a local part of 65", "email", `${"l".repeat(65)}@a.example`],
  ["3 KB, more than a key can hold", "email", `${"l".repeat(3000)}@a.example`],
  ["14 characters", "password", "fourteen chars"],
  ["257 characters", "password", "ø".repeat(257)],
  ["so long that it is not normalised", "password", "o\u031b\u0301".repeat(200)],
];

for (const [what, field, value] of misfits) {
  test(`${field} refuses ${what} [SEC-G7] [SEC-G8]`, async (world) => {
    equal((await world.browser().post("/register", { ...register, [field]: value })).status, 422);
    deepEqual(await world.dump(), []);
  });
}

const invisible: [what: string, typed: string, stored?: string][] = [
  ["a soft hyphen", "\u00ad"],
  ["a zero-width space", "\u200b"],
  ["a mark of direction", "\u200e"],
  ["a right-to-left override", "\u202e"],
  ["an isolate", "\u2066"],
  ["an Arabic letter mark", "\u061c"],
  ["a Mongolian vowel separator", "\u180e"],
  ["a byte order mark", "\ufeff"],
  ["a word joiner", "\u2060"],
  ["a grapheme joiner", "\u034f"],
  ["an interlinear anchor", "\ufff9"],
  ["tags", "\u{e0041}\u{e007f}"],
  ["a Hangul filler", "\u3164"],
  ["a blank braille pattern", "\u2800"],
  ["bytes hidden in variation selectors", "\ufe0f\ufe01\ufe02", "\ufe0f"],
  ["a variation selector without a base", " \ufe0f", " "],
  ["two joiners", "\u200d\u200d", "\u200d"],
  ["joiners around a variation", "\u200d\ufe0f\u200d", "\u200d"],
];

for (const [what, typed, stored = ""] of invisible) {
  test(`a name is stored without ${what} [SEC-G10]`, async (world) => {
    const browser = await world.ann();

    equal((await browser.post("/profile", { name: `${typed}Ann${typed}Lee` })).status, 303);
    equal((await userOf(world)).name, `Ann${stored}Lee`);

    const nothing = await browser.post("/profile", { name: typed.repeat(3) });
    equal(nothing.status, 422);
    match(await nothing.text(), /id="name-problem">Please fill this in/);
  });
}

async function userOf(world: TestWorld): Promise<{ name: string }> {
  const entry = (await world.dump()).find(({ key }) => key[0] === "user");
  return entry?.value as { name: string };
}

const unprintable: [what: string, text: string][] = [
  ["NUL", "\u0000"],
  ["a line break", "\r\n"],
  ["a next line", "\u0085"],
  ["an escape sequence", "\u001b[31m"],
  ["a line separator", "\u2028"],
  ["bytes that are no UTF-8", "\ufffd"],
];

for (const [what, text] of unprintable) {
  test(`a name with ${what} is refused [SEC-G10]`, async (world) => {
    const browser = await world.ann();

    for (const name of [`Ann${text}Lee`, `A${text}${text}n`]) {
      const answer = await browser.post("/profile", { name });
      equal(answer.status, 422);
      match(await answer.text(), /id="name-problem">Please use only letters, digits, and common/);
    }
  });
}

test("invalid UTF-8 is refused and causes no error [SEC-G10]", async (world) => {
  const browser = await world.ann();

  for (const bytes of ["%ff", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "%", "%zz", "%e2%82"]) {
    const answer = await browser.postBody("/profile", `name=Ann${bytes}`);
    ok([303, 422].includes(answer.status), bytes);
    // A "%" without two hex digits is literal.
    if (answer.status === 303) ok(bytes === "%" || bytes === "%zz", bytes);
  }
});

const tooLong: [path: string, field: string, length: number, word: keyof typeof en.problems][] = [
  ["/login", "email", 513, "email_invalid"],
  ["/login", "password", 513, "password_too_long"],
  ["/register", "name", 321, "name_too_long"],
  ["/register", "email", 513, "email_invalid"],
  ["/register", "password", 513, "password_too_long"],
  ["/profile", "name", 321, "name_too_long"],
  ["/reauthenticate", "password", 513, "password_too_long"],
  ["/account/password", "current_password", 513, "password_too_long"],
  ["/account/password", "password", 513, "password_too_long"],
  ["/account/delete", "email", 513, "email_invalid"],
];

for (const [path, field, length, word] of tooLong) {
  test(`${path} reads no ${field} of ${length} UTF-16 units`, async (world) => {
    const browser = forms[path]?.who === "ann" ? await world.ann() : world.browser();
    const sent = { ...forms[path]?.fields, [field]: "z".repeat(length) };

    const cost = await world.cost(async () => {
      const answer = await browser.post(path, sent);
      equal(answer.status, 422);
      const page = await answer.text();
      match(page, new RegExp(`id="${field}-problem">${en.problems[word].slice(0, 20)}`));
      ok(!page.includes("z".repeat(100)), "it is shown again");
    });
    equal(cost.hashes, 0);
  });
}

test("a hidden field over 2,048 UTF-16 units counts as missing", async (world) => {
  await world.ann();
  const next = "/account?" + "z".repeat(2040);

  const { email, password } = ann;
  const answer = await world.browser().post("/login", { email, password, next });
  equal(answer.headers.get("location"), "/profile");
  const refused = await world.browser().post("/login", { email, password: "wrong", next });
  ok(!(await refused.text()).includes("z".repeat(100)));
  equal((await world.browser().post("/language", { lang: "it".repeat(1025) })).status, 422);
});
