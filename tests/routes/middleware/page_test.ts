import { equal, match, ok } from "node:assert/strict";
import { FREE_ATTEMPTS } from "../../../lib/throttle/backoff.ts";
import { en } from "../../../views/text/en.ts";
import type { Browser } from "../../support/browser.ts";
import { test } from "../../support/world.ts";

/** Whether an answer shows the message of a new account, or another one. */
async function shows(answer: Response, message = en.flash.registered): Promise<boolean> {
  return (await answer.text()).includes(message);
}

const unseen: [what: string, ask: (browser: Browser) => Promise<Response>][] = [
  ["HEAD", (browser) => browser.request("/profile", { method: "HEAD" })],
  ["a page that is not there", (browser) => browser.get("/favicon.ico")],
  ["an icon that is not there", (browser) => browser.get("/a.png", { "sec-fetch-dest": "image" })],
  ["a redirect", (browser) => browser.get("/login")],
  [
    "a form from another site",
    (browser) => browser.post("/profile", {}, { "sec-fetch-site": "cross-site" }),
  ],
  ["a wrong method", (browser) => browser.request("/profile", { method: "DELETE" })],
  ["a form that is too large", (browser) => browser.post("/profile", { name: "a".repeat(20_000) })],
  ["a form without its field", (browser) => browser.post("/language")],
  ["a wrong host", (browser) => browser.get("/profile", { host: "app.example:99999" })],
  ["a frame", (browser) => browser.get("/profile", { "sec-fetch-dest": "iframe" })],
  ["a script's request", (browser) => browser.get("/profile", { "sec-fetch-dest": "empty" })],
  ["a prefetch", (browser) => browser.get("/profile", { "sec-purpose": "prefetch;prerender" })],
  ["an older prefetch", (browser) => browser.get("/profile", { purpose: "prefetch" })],
  ["Firefox's older prefetch", (browser) => browser.get("/profile", { "x-moz": "prefetch" })],
];

for (const [what, ask] of unseen) {
  test(`${what} leaves a flash message to the next page`, async (world) => {
    const browser = await world.ann();

    ok(!await shows(await ask(browser)), "it is shown");
    ok(await shows(await browser.get("/profile")), "it is used up");
    ok(!await shows(await browser.get("/profile")), "it is shown again");
  });
}

test("too many attempts leave a flash message to the next page", async (world) => {
  const browser = await world.ann();

  const password = "not her password";
  for (let i = 0; i < FREE_ATTEMPTS; i++) await browser.post("/reauthenticate", { password });
  await browser.post("/profile", { name: "Ann" });

  const answer = await browser.post("/reauthenticate", { password });
  equal(answer.status, 429);
  ok(!await shows(answer, en.flash.name_saved), "it is shown");
  ok(await shows(await browser.get("/profile"), en.flash.name_saved), "it is used up");
});

test("a page with a refused form shows flash messages", async (world) => {
  const browser = await world.ann();

  const answer = await browser.post("/profile", { name: "" }, { "sec-fetch-dest": "document" });
  equal(answer.status, 422);
  ok(await shows(answer));
  ok(!await shows(await browser.get("/profile")), "it is shown again");
});

test("behind a proxy that rewrites Host, errors and the language form lead back to their page", async (world) => {
  const send = (path: string, fields: Record<string, string>, headers: Record<string, string>) =>
    world.app.request(`http://10.0.0.7:8000${path}`, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { host: "10.0.0.7:8000", referer: "https://app.example/login?next=%2F", ...headers },
    });

  const refused = await send("/login", {}, { "sec-fetch-site": "same-origin" });
  equal(refused.status, 422);
  match(await refused.text(), /action="\/language"[^>]*><input[^>]* value="\/login\?next=%2F"/);
  const error = await send("/login", {}, { "sec-fetch-site": "cross-site" });
  match(await error.text(), /href="\/login\?next=%2F"/);
  const foreign = await send("/login", {}, {
    "sec-fetch-site": "same-origin",
    referer: "http://10.0.0.7:8000/login",
  });
  match(await foreign.text(), /action="\/language"[^>]*><input[^>]* value="\/"/);
});
