import { equal } from "node:assert/strict";
import { costsTooMuch } from "../support/cpu_time.ts";
import { allForms, senderOf } from "../support/forms.ts";
import { test, TestWorld } from "../support/world.ts";

// Nothing that fits into 16 KiB may cost the main thread more than plain text does.

/** A unit again and again, up to a length. */
function fill(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

const plain = (length: number) => fill("plain words ", length);

/** The worst of what a field may hold, for those that read it. */
const worst: Readonly<Record<string, (length: number) => string>> = {
  // Unicode normalisation sorts them: its time grows with the square of their number.
  "combining marks": (length) => {
    const half = Math.floor((length - 1) / 2);
    return "a" + "\u0315".repeat(half) + "\u0300".repeat(length - 1 - half);
  },
  "letters that normalisation makes eighteen of": (length) => fill("\uFDFA", length * 2 / 3),
  "words, dates and tricks for the strength meter": (length) =>
    fill("p4$$w0rd13.12.1991qwerty", length),
  "a long domain": (length) => `a@${fill("ü.", length / 2)}example`,
  "a deep path": (length) => `/${fill("a/../%2e%2e/\\", length - 1)}`,
};

/** Nearly the whole body that a form may have, and the lengths just within the limits of fields. */
const lengths = [8000, 512, 320, 64];

for (const form of allForms) {
  const { path, config, fields } = form;
  for (const name of Object.keys(fields)) {
    Deno.test(`${path} reads the worst ${name} at the cost of plain text`, async () => {
      await using world = await TestWorld.create({ config });
      const sender = await senderOf(form, world, await world.ann());
      await world.delivered();
      const restore = await world.checkpoint();
      const send = async (value: string) => {
        const browser = sender.copy();
        const others = new URLSearchParams({ ...fields });
        others.delete(name);
        const encoded = value.replaceAll(/[%&+#]/g, encodeURIComponent);
        await (await browser.postBody(path, `${others}&${name}=${encoded}`)).text();
        await restore(); // no attempt may be the one too many
      };

      for (const [what, make] of Object.entries(worst)) {
        for (const length of lengths) {
          const problem = await costsTooMuch(
            () => send(make(length)),
            () => send(plain(length)),
          );
          equal(problem, null, `${what}, ${length} units`);
        }
      }
    });
  }
}

const many = (count: number, header: (i: number) => [name: string, value: string]) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => header(i)));

/** Hostile headers beside one header of the same length. */
const headers: [what: string, hostile: Record<string, string>, usual: Record<string, string>][] = [
  [
    "400 cookies",
    { cookie: fill("__Host-flash=a.b; ", 8000) },
    { cookie: `a=${"a".repeat(7998)}` },
  ],
  ["8000 separators of cookies", { cookie: fill(";", 8000) }, { cookie: `a=${fill("a", 7998)}` }],
  ["200 headers", many(200, (i) => [`x-${i}`, "a".repeat(40)]), { "x-0": "a".repeat(8000) }],
  ...[
    ["accept-language", "en-a-b;q=0.1,", 2048],
    ["user-agent", "Version/1.1 Mac OS X iPhone ", 2048],
    ["accept", "text/html;q=0.1,", 2048],
    ["referer", "https://a/../", 8192],
    ["authorization", "Bearer a", 8192],
    ["x-forwarded-for", "::1,", 4096],
    ["if-none-match", 'W/"a",', 8000],
    ["content-type", "a/b;c=d;", 1024],
  ].map(([name, unit, length]): typeof headers[number] => [
    `a hostile ${name}`,
    { [String(name)]: fill(String(unit), Number(length)) },
    { [String(name)]: fill("a", Number(length)) },
  ]),
];

for (const [what, hostile, usual] of headers) {
  test(`a page with ${what} costs as much as with one long header`, async (world) => {
    const ann = await world.ann();
    const cookie = [...ann.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const open = async ({ cookie: more, ...others }: Record<string, string>) => {
      const headers = { ...others, cookie: more ? `${cookie}; ${more}` : cookie };
      // Not by a browser of the tests: it copies headers, and for 200 of them that takes 9 ms.
      const request = new Request(`${world.config.origin}/profile`, { headers });
      const answer = await world.app.fetch(request);
      equal(answer.status, 200);
      await answer.text();
    };

    equal(await costsTooMuch(() => open(hostile), () => open(usual)), null);
  });
}

const queries: [what: string, address: (length: number) => string][] = [
  ["many parameters", (length) => `/login?${fill("next=/a&", length)}`],
  ["a deep next", (length) => `/login?next=/${fill("a/../", length)}`],
  ["an encoded next", (length) => `/login?next=/${fill("%2e%2e%2f", length)}`],
  ["a deep path", (length) => `/account/${fill("a/", length)}`],
  ["a path of slashes", (length) => `/account/${fill("/", length)}`],
];

for (const [what, address] of queries) {
  test(`${what} in an address costs as much as a long one`, async (world) => {
    const open = async (path: string) => {
      await (await world.browser().get(path)).text();
    };
    const usual = () => open(`/login?next=/${"a".repeat(12000)}`);

    equal(await costsTooMuch(() => open(address(12000)), usual), null);
  });
}

const bodies = ["a=b&", "email=a&", "a[b]=c&", "%41=", "__proto__=&"];

for (const unit of bodies) {
  test(`a form of nothing but ${unit} costs as much as one long field`, async (world) => {
    const restore = await world.checkpoint();
    const send = async (body: string) => {
      await (await world.browser().postBody("/login", body)).text();
      await restore();
    };

    const usual = () => send(`email=${"a".repeat(15994)}`);
    equal(await costsTooMuch(() => send(fill(unit, 16000)), usual), null);
  });
}

test("a report nested as deep as it can be costs as much as a long one", async (world) => {
  const send = async (body: string) => {
    const headers = { "content-type": "application/csp-report" };
    await (await world.browser().request("/reports/csp", { method: "POST", body, headers })).text();
  };

  const usual = () => send(JSON.stringify({ a: "a".repeat(15990) }));
  equal(await costsTooMuch(() => send("[".repeat(16000)), usual), null);
  equal(await costsTooMuch(() => send(fill('{"a":', 16000)), usual), null);
});
