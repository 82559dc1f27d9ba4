import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MINUTE } from "../../lib/time.ts";
import { en } from "../../views/text/en.ts";
import { it } from "../../views/text/it.ts";
import { languages } from "../../views/text/languages.ts";
import { ann } from "../support/people.ts";
import { test, testWithMail as withMail, TestWorld } from "../support/world.ts";

const { email, password } = ann;
const italian = { "accept-language": "it-IT,it;q=0.9,en;q=0.8" };
const title = (page: string) => /<h1>([^<]*)<\/h1>/.exec(page)?.[1];

test("a page is in the language of Accept-Language, and its headers say so", async (world) => {
  const ask = (headers: Record<string, string>) => world.browser().get("/login", headers);

  const wishes: [headers: Record<string, string>, lang: string, title: string][] = [
    [{}, "en", "Log in"],
    [{ "accept-language": "tlh, vo;q=0.5" }, "en", "Log in"],
    [{ "accept-language": "en;q=0.1, it-CH;q=0.2" }, "it", "Accedi"],
    [italian, "it", "Accedi"],
    [{ "accept-language": "it_IT" }, "it", "Accedi"],
  ];
  for (const [headers, lang, heading] of wishes) {
    const answer = await ask(headers);
    equal(answer.headers.get("content-language"), lang);
    equal(answer.headers.get("vary"), "Accept-Language, Cookie");
    const page = await answer.text();
    match(page, new RegExp(`<html lang="${lang}">`));
    equal(title(page), heading);
  }
});

test("a chosen language is kept, takes precedence over Accept-Language and costs no KV operation", async (world) => {
  const browser = world.browser();

  const cost = await world.cost(async () => {
    const answer = await browser.post("/language", { lang: "it", next: "/login?next=%2Fprofile" });
    equal(answer.status, 303);
    equal(answer.headers.get("location"), "/login?next=%2Fprofile");
    equal(answer.headers.get("cache-control"), "private, no-store");
    match(answer.headers.getSetCookie()[0] ?? "", /^__Host-language=it; Max-Age=31536000;/);
    browser.restart();
    const page = await browser.get("/login", { "accept-language": "en" });
    equal(title(await page.text()), "Accedi");
  });
  deepEqual(cost, { keys: 0, roundTrips: 0, commits: 0, hashes: 0 });
});

withMail("mails are in the language that the user last chose, or registered in", async (world) => {
  const browser = world.browser();
  await browser.post("/register", { ...ann }, italian);
  equal((await world.mailTo(email)).subject, it.mail.verifyEmail.subject);
  await browser.get(await world.linkTo(email));
  await browser.post("/verify-email/confirm");

  await browser.post("/language", { lang: "en" });
  await world.browser().post("/login", { email, password }, italian);
  equal((await world.mailTo(email)).subject, en.mail.newBrowser.subject);
  await browser.post("/language", { lang: "it" });
  await world.browser().post("/login", { email, password });
  equal((await world.mailTo(email)).subject, it.mail.newBrowser.subject);
});

test("the chosen language survives login and logout", async (world) => {
  const browser = await world.ann();
  await browser.post("/language", { lang: "it", next: "/" });

  equal(title(await (await browser.get("/profile")).text()), "Profilo");
  await browser.post("/logout");
  equal(title(await (await browser.get("/login")).text()), "Accedi");
});

test("the language form leads back to its page, also below a refused form", async (world) => {
  const browser = await world.ann();
  const wayBack = async (answer: Response) =>
    /action="\/language"[^>]*><input type="hidden" name="next" value="([^"]*)"/
      .exec(await answer.text())?.[1];

  const form = { referer: "https://app.example/profile?tab=2" };
  const elsewhere = { referer: "https://evil.test/profile" };
  equal(await wayBack(await browser.get("/account/sessions?a=1")), "/account/sessions?a=1");
  equal(await wayBack(await browser.post("/profile", { name: "" }, form)), "/profile?tab=2");
  equal(await wayBack(await browser.post("/profile", { name: "" }, elsewhere)), "/");
  equal(await wayBack(await browser.post("/profile", { name: "" })), "/");
});

test("unknown languages are not kept, and redirects lead to our own pages only", async (world) => {
  const choose = (fields: Record<string, string>) => world.browser().post("/language", fields);

  equal((await choose({ next: "/login" })).status, 422);
  for (const lang of ["", "tlh", "it; Domain=evil.test", "EN", "__proto__"]) {
    const answer = await choose({ lang, next: "/login" });
    equal(answer.status, 303, lang);
    deepEqual(answer.headers.getSetCookie(), [], lang);
  }
  for (const next of ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)"]) {
    equal((await choose({ lang: "it", next })).headers.get("location"), "/", next);
  }
  equal((await world.browser().get("/language")).status, 405);
});

test("an unknown value in the language cookie is ignored", async (world) => {
  const browser = world.browser();

  for (const word of ["tlh", "", "x".repeat(4000), "%ff", "constructor"]) {
    browser.cookies.set("__Host-language", word);
    const answer = await browser.get("/login", italian);
    equal(answer.headers.get("content-language"), "it", word);
  }
});

test("flash messages appear in the language of the page that shows them", async (world) => {
  const browser = await world.ann();

  await browser.post("/logout");
  await browser.post("/language", { lang: "it", next: "/" });
  match(await (await browser.get("/")).text(), /Disconnessione effettuata\./);

  await browser.get("/profile");
  await browser.post("/language", { lang: "en", next: "/" });
  match(await (await browser.get("/login")).text(), /Please log in to see this page\./);
});

test("problems, dates, relative times and numbers are in the language of the page", async (world) => {
  const browser = await world.ann();
  await world.browser().post("/login", { email, password });
  world.pass(5 * MINUTE);

  const read = async (path: string) => await (await browser.get(path, italian)).text();
  match(await read("/profile"), />22 novembre 2026</);
  const sessions = await read("/account/sessions");
  match(sessions, />5 minuti fa</);
  match(sessions, /Hai effettuato l’accesso da 2 browser\./);
  match(sessions, /Firefox su Linux/);
  const refused = await browser.post("/profile", { name: "" }, italian);
  match(await refused.text(), /C’è una cosa da correggere.*id="name-problem">Compila questo/s);
  const missing = await browser.get("/nulla", italian);
  equal(title(await missing.text()), "Pagina non trovata");
});

Deno.test("an error page is in the visitor's language too", async () => {
  const failing = () => Promise.reject(new Error("a test"));
  await using world = await TestWorld.create({ hash: failing });

  const answer = await world.browser().post("/login", { ...ann }, italian);
  equal(answer.status, 500);
  equal(answer.headers.get("content-language"), "it");
  match(answer.headers.get("vary") ?? "", /^Accept-Language/);
  equal(title(await answer.text()), "Qualcosa è andato storto");
});

test("health checks, the API and redirects do not vary by language", async (world) => {
  for (const path of ["/health/live", "/api/me", "/profile"]) {
    const vary = (await world.browser().get(path)).headers.get("vary") ?? "";
    ok(!vary.includes("Accept-Language"), path);
  }
});

test("every page offers every language of views/text, under its own name", async (world) => {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(new URL("../../views/text", import.meta.url))) {
    if (/^[a-z]{2}(-[A-Z]{2})?\.ts$/.test(name)) files.push(name.replace(".ts", ""));
  }

  deepEqual(languages.map(({ lang }) => lang).sort(), files.sort());
  const page = await (await world.browser().get("/")).text();
  for (const { lang, languageName } of languages) {
    match(page, new RegExp(`value="${lang}" lang="${lang}"[^>]*>${languageName}</button>`));
  }
});

test("without mail, an account keeps the language of its registration", async (world) => {
  await world.browser().post("/register", { ...ann }, italian);
  equal(await languageOf(world), "it");
});

withMail(
  "a language that was chosen before a login is that of the mails after it",
  async (world) => {
    await world.ann();
    const browser = world.browser();
    await browser.post("/login", { email, password }, italian);
    equal(await languageOf(world), "en", "what a browser prefers is no choice");

    await browser.post("/logout");
    await browser.post("/language", { lang: "it" });
    await browser.post("/login", { email, password });
    await world.browser().post("/password-reset", { email });
    equal((await world.mailTo(email)).subject, it.mail.resetPassword.subject);
  },
);

/** The language of the only user. */
async function languageOf(world: TestWorld): Promise<unknown> {
  const user = (await world.records()).find(({ key }) => key[0] === "user");
  return (user?.value as { lang?: unknown } | undefined)?.lang;
}
