import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { ann, eve } from "../support/people.ts";
import { test } from "../support/world.ts";

test("registration creates an account and logs in [FL-D1]", async (world) => {
  const browser = world.browser();

  const answer = await browser.post("/register", { ...ann });
  equal(answer.status, 303);
  equal(answer.headers.get("location"), "/profile");

  const page = await (await browser.follow(answer)).text();
  match(page, /Welcome! Your account is ready\./);
  match(page, /Hi Ann/);
  match(page, /ann@example\.com/);
  ok(!(await (await browser.get("/profile")).text()).includes("Your account is ready"));
});

test("50 parallel registrations of one address create one account [REL-R3] [ASVS-2.3.4]", async (world) => {
  const spellings = ["ann@example.com", "Ann@Example.com", " ann@example.com ", "ann@EXAMPLE.com"];

  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => {
    const person = { ...ann, name: `Ann ${i}`, email: spellings[i % 4] as string };
    return world.browser().post("/register", person);
  }));

  const statuses = answers.map((answer) => answer.status).sort();
  deepEqual(statuses, [303, ...Array(49).fill(422)]);
  const keys = (await world.records()).map((entry) => entry.key[0]).sort();
  deepEqual(keys, [
    "event",
    "event",
    "event_by_time",
    "password",
    "session",
    "user",
    "user_by_email",
    "user_by_name",
    "user_by_time",
  ]);
});

test("a refused form keeps what was typed in every field but the password", async (world) => {
  await world.ann();

  for (const refused of [{ password: "fourteen chars" }, { email: ann.email }]) {
    const { password, ...kept } = { ...eve, ...refused };
    const page = await (await world.browser().post("/register", { ...kept, password })).text();
    for (const [name, value] of Object.entries(kept)) {
      ok(new RegExp(`name="${name}"[^>]* value="${RegExp.escape(value)}"`).test(page), name);
    }
    ok(!page.includes(password));
  }
});

test("a taken address is a problem beside its field", async (world) => {
  await world.ann();

  const answer = await world.browser().post("/register", { ...ann, name: "Anna" });
  equal(answer.status, 422);
  const page = await answer.text();
  match(page, /id="email-problem">There’s already an account with this address/);
  match(page, /name="email"[^>]*aria-describedby="email-problem"[^>]*aria-invalid="true"/);
  match(page, /name="email"[^>]* autofocus/);
});

test("problems are listed at the top and beside their fields, and the first field has the focus", async (world) => {
  const answer = await world.browser().post("/register", {
    ...ann,
    name: "",
    email: "ann",
    password: "x",
  });
  const page = await answer.text();
  match(page, /<h2 id="summary">3 things need to be corrected<\/h2>/);
  const links = [...page.matchAll(/<li><a href="#(\w+)">/g)].map(([, name]) => name);
  deepEqual(links, ["name", "email", "password"]);
  for (const name of links) {
    match(page, new RegExp(`id="${name}"[^>]*aria-describedby="[^"]*${name}-problem`));
    match(page, new RegExp(`id="${name}"[^>]*aria-invalid="true"`));
  }
  const focused = [...page.matchAll(/<input id="(\w+)"[^>]* autofocus/g)].map(([, name]) => name);
  deepEqual(focused, ["name"]);
});

const refusals: [
  what: string,
  fields: Record<string, string>,
  field: string,
  sentence: RegExp,
  ids?: string,
][] = [
  ["no name", { name: "  " }, "name", /Please fill this in\./],
  ["a long name", { name: "n".repeat(81) }, "name", /80 characters/],
  ["a name that cannot be seen", { name: "\u202e\u00ad" }, "name", /Please fill this in\./],
  ["a name of two lines", { name: "Ann\nBob" }, "name", /common punctuation/],
  ["no email address", { email: "ann" }, "email", /enter an email address/],
  [
    "an address with a header in it",
    { email: "a@b.example\r\nBcc: c@d.example" },
    "email",
    /enter an e/,
  ],
  [
    "an endless address",
    { email: `${"a".repeat(3000)}@example.com` },
    "email",
    /enter an email/,
  ],
  ["14 characters", { password: "fourteen chars" }, "password", /too short/],
  ["8 emoji", { password: "🔑".repeat(8) }, "password", /too short/, " [ASVS-6.2.1]"],
  ["257 characters", { password: "p".repeat(257) }, "password", /too long/],
];

for (const [what, fields, field, sentence, ids = ""] of refusals) {
  test(`registering with ${what} is refused beside the field, unhashed${ids}`, async (world) => {
    const cost = await world.cost(async () => {
      const answer = await world.browser().post("/register", { ...ann, ...fields });
      equal(answer.status, 422);
      const page = await answer.text();
      const problem = page.split(`id="${field}-problem">`)[1]?.split("</p>")[0] ?? "";
      match(problem, sentence);
      ok(!page.includes(fields.password ?? ann.password), "the password is in the page");
    });

    equal(cost.hashes, 0);
    deepEqual(await world.records(), []);
  });
}

test("a repeated or missing field is refused [ASVS-15.3.7]", async (world) => {
  const send = (body: string) => world.browser().postBody("/register", body);

  const twice = await send(
    "name=A&email=a@b.example&email=c@d.example&password=seven+quiet+otters",
  );
  equal(twice.status, 422);
  match(await twice.text(), /id="email-problem">Please fill this in just once\./);

  const none = await send("");
  equal(none.status, 422);
  match(await none.text(), /id="name-problem">Please fill this in\./);
});

test("unknown fields change nothing [ASVS-15.3.3]", async (world) => {
  await world.browser().post("/register", {
    ...ann,
    id: "me",
    active: "",
    epoch: "9",
    role: "admin",
  });

  const { id, role, active, epoch } = (await world.records())
    .find((entry) => entry.key[0] === "user")?.value as Record<string, unknown>;
  deepEqual([role, active, epoch], [undefined, true, 0]);
  notEqual(id, "me");
});
