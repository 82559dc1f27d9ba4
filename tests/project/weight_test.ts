import { deepEqual, ok } from "node:assert/strict";
import { test, TestWorld } from "../support/world.ts";

// The weight of a first page load, in gzipped bytes.

async function gzipped(body: string): Promise<number> {
  const packed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
}

/** The stylesheets and scripts of a page. */
const parts = (page: string) =>
  [...page.matchAll(/<(?:link rel="stylesheet" href|script [^>]*src)="([^"]+)"/g)]
    .map(([, path = ""]) => path);

async function weigh(path: string): Promise<{ page: number; parts: number }> {
  await using world = await TestWorld.create();
  const browser = path.startsWith("/account") ? await world.ann() : world.browser();
  const page = await (await browser.get(path)).text();
  ok(parts(page).length >= 3, "the stylesheet and the scripts are found");
  const weights = parts(page).map(async (part) => {
    return await gzipped(await (await browser.get(part)).text());
  });
  return {
    page: await gzipped(page),
    parts: (await Promise.all(weights)).reduce((sum, weight) => sum + weight, 0),
  };
}

for (const path of ["/", "/login", "/register", "/account/password", "/account/sessions"]) {
  Deno.test(`styles and scripts of ${path} are 15 KB at most, with the page under 30 KB`, async () => {
    const weight = await weigh(path);

    ok(weight.parts <= 15_000, `${weight.parts} bytes`);
    ok(weight.page + weight.parts < 30_000, `${weight.page + weight.parts} bytes`);
  });
}

Deno.test("the first load of /login is 3 KB at most above its weight before passkeys", async () => {
  // The 6.7 KB of the page, its styles and scripts, when a password was the only way in.
  const beforePasskeys = 6_700;
  const { page, parts } = await weigh("/login");

  ok(page + parts <= beforePasskeys + 3_000, `${page + parts} bytes`);
});

test("scripts do not block a page, and no style or script is inline", async (world) => {
  for (const path of ["/", "/login", "/register", "/nowhere"]) {
    const page = await (await world.browser().get(path)).text();
    const scripts = [...page.matchAll(/<script[^>]*>[^<]*/g)].map(([script]) => script);
    const isLate = (script: string) => /^<script type="module" src="[^"]+">$/.test(script);
    deepEqual(scripts.filter((script) => !isLate(script)), [], path);
    ok(!/<style|\sstyle="|\son\w+="/.test(page), path);
  }
});
