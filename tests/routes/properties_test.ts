import fc from "fast-check";
import { deepEqual, equal, ok } from "node:assert/strict";
import { encodeBase64Url } from "../../lib/login/bytes.ts";
import { reportsPath } from "../../routes/middleware/headers.ts";
import { exampleProvider } from "../support/example_provider.ts";
import { allForms, providerLogoutPath, senderOf } from "../support/forms.ts";
import { ann } from "../support/people.ts";
import { test, TestWorld } from "../support/world.ts";

// Random forms and cookies: a known status, no error in the log, no damaged account.

const names = [...new Set(allForms.flatMap(({ fields }) => Object.keys(fields)))];
const values = allForms.flatMap(({ fields }) => Object.values(fields));

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.constantFrom(
    "",
    "\u0000",
    "a@b.example",
    "x".repeat(3000),
    "%",
    "on",
    "//evil.test",
    "\ufeff",
  ),
);
const anyField = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...names) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("__proto__", "constructor", "then", "", "name[]", "a.b"),
    },
    { weight: 1, arbitrary: anyText },
  ),
  fc.oneof(fc.constantFrom(...values), anyText),
);

/** A valid form of which some fields are replaced, dropped, added or repeated. */
const bodyLike = (fields: Readonly<Record<string, string>>) =>
  fc.tuple(
    fc.subarray(Object.entries(fields)),
    fc.array(anyField, { maxLength: 5 }),
  ).map(([kept, added]) => new URLSearchParams([...kept, ...added]).toString());

const noFaults = (world: TestWorld) =>
  deepEqual(world.logged.filter(({ level }) => level === "error"), []);

for (const form of allForms) {
  const { path, config, fields } = form;
  Deno.test(`any form sent to ${path} gets a known status and leaves no partial account [SEC-G11]`, async () => {
    await using world = await TestWorld.create({ config });
    const sender = await senderOf(form, world, await world.ann());
    const restore = await world.checkpoint();

    await fc.assert(
      fc.asyncProperty(bodyLike(fields), async (body) => {
        await restore();
        const answer = await sender.copy().postBody(path, body);
        ok([200, 303, 404, 410, 422].includes(answer.status), `${answer.status}`);
        deepEqual(await world.findings(), []);
        noFaults(world);
      }),
      { numRuns: 25 },
    );
  });
}

test("any report gets 204 and causes no error [SEC-F3]", async (world) => {
  const headers = { "content-type": "application/csp-report", "sec-fetch-site": "same-origin" };
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().map((it) => `{"csp-report":${it}}`),
    fc.json().map((it) => `[{"type":"csp-violation","body":${it}}]`),
  );

  await fc.assert(
    fc.asyncProperty(body, async (body) => {
      const answer = await world.browser().request(reportsPath, { method: "POST", headers, body });
      equal(answer.status, 204);
      noFaults(world);
    }),
    { numRuns: 200 },
  );
});

Deno.test("any logout of a provider gets 400, causes no error and writes nothing [SEC-K13]", async () => {
  await using world = await TestWorld.create({ config: { providers: [exampleProvider] } });
  const part = fc.oneof(fc.json(), fc.string({ unit: "binary" }))
    .map((it) => encodeBase64Url(new TextEncoder().encode(it)));
  const token = fc.oneof(fc.array(part, { maxLength: 6 }).map((it) => it.join(".")), anyText);
  const body = fc.oneof(
    token.map((it) => new URLSearchParams({ logout_token: it }).toString()),
    anyText,
  );
  const headers = { "content-type": "application/x-www-form-urlencoded" };

  await fc.assert(
    fc.asyncProperty(body, async (body) => {
      const answer = await world.browser().request(providerLogoutPath, {
        method: "POST",
        headers,
        body,
      });
      equal(answer.status, 400);
      noFaults(world);
    }),
    { numRuns: 200 },
  );
  deepEqual(await world.dump(), []);
});

/** Every byte that a header can hold, except the one that ends a cookie. */
const anyBytes = fc.array(fc.integer({ min: 32, max: 255 }), { maxLength: 80 })
  .map((bytes) => String.fromCharCode(...bytes).replaceAll(";", ""));
const anyToken = fc.array(fc.base64String().map((it) => it.replace(/=/g, "")), { maxLength: 4 })
  .map((parts) => parts.join("."));

/** A valid cookie with one character changed or inserted. */
const spoiled = (value: string) =>
  fc.tuple(fc.nat(value.length - 1), fc.constantFrom(...".-_aA0%~ \u00e9"), fc.constantFrom(0, 1))
    .map(([at, by, dropped]) => value.slice(0, at) + by + value.slice(at + dropped));

for (const kind of ["session", "remember", "flash", "next", "device"]) {
  test(`any value of the ${kind} cookie logs nobody in and nobody out [SEC-D27]`, async (world) => {
    await world.ann();
    const browser = world.browser();
    await browser.post("/login", { ...ann, remember: "on" });
    const name = `__Host-${kind}`;
    const own = browser.cookies.get(name) ?? "";

    await fc.assert(
      fc.asyncProperty(
        fc.oneof(anyBytes, anyToken, spoiled(own || "x.y.z")).filter((it) => it.trim() !== own),
        fc.constantFrom("/", "/profile", "/login", "/api/me", "/nowhere"),
        async (value, path) => {
          const visitor = world.browser();
          visitor.cookies.set(name, value);
          const answer = await visitor.get(path);
          ok([200, 302, 401, 404].includes(answer.status), `${answer.status}`);
          ok(!(await answer.text()).includes(ann.name), "logged in");
          noFaults(world);
        },
      ),
      { numRuns: 150 },
    );
    deepEqual(await world.findings(), []);
    // A known series with a wrong secret counts as theft and ends its sessions.
    const expected = kind === "remember" ? [200, 302] : [200];
    ok(expected.includes((await browser.get("/profile")).status), "the session was ended");
    if (kind === "remember") return;
    browser.restart();
    equal((await browser.get("/profile")).status, 200, "the series was ended");
  });
}

Deno.test("no cookie exceeds the browsers' limit, and all together stay under 4 KB [SEC-D6]", async () => {
  const path = fc.string({ unit: "binary", maxLength: 3000 }).map((it) =>
    encodeURIComponent(`/${it}`)
  );
  await using world = await TestWorld.create();
  await world.ann();

  await fc.assert(
    fc.asyncProperty(path, async (path) => {
      const browser = world.browser(); // throws when a cookie is too long
      await browser.get(`/profile?x=${path}`.slice(0, 8000));
      await browser.get("/account/sessions");
      await browser.post("/login", { ...ann, remember: "on", next: path });
      const all = [...browser.cookies].map(([name, value]) => `${name}=${value}; `).join("");
      ok(all.length < 4096, `${all.length}`);
    }),
    { numRuns: 20 },
  );
});
