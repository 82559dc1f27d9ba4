import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { test, TestWorld } from "../support/world.ts";
import { visitors } from "./access_visitors.ts";

/**
 * The access matrix: how each route answers each kind of visitor. It is written in `access.tsv` and
 * shown in SECURITY.md. After a change on purpose:
 * `deno test -A tests/security/access_test.ts -- --update`.
 */
const file = new URL("access.tsv", import.meta.url);
const page = new URL("../../.github/SECURITY.md", import.meta.url);

/**
 * Where a route sends a visitor. Otherwise it answers itself (`open`), refuses (`forbidden`), or
 * does not exist on that site (`-`).
 */
const redirects: Readonly<Record<string, string>> = {
  "/login": "login",
  "/login/second-factor": "second step",
  "/reauthenticate": "reauthenticate",
  "/account/password": "password",
  "/password-reset": "password",
  "/account/totp": "add factor",
  "/profile": "profile",
  "/": "home",
  "/account/identities/x/link": "its page",
  "/authorize": "provider",
};

const isUpdate = Deno.args.includes("--update");
/** The rows by route; in each the answers in the order of the visitors. */
const written = readMatrix(isUpdate ? "" : await Deno.readTextFile(file));
const measured = new Map<string, string[]>();

for (const [column, { name, config, prepare }] of visitors.entries()) {
  Deno.test(`every route answers as the access matrix says: ${name} [SEC-L1] [ASVS-8.2.1]`, async () => {
    await using world = await TestWorld.create({ config });
    const arrive = await prepare(world);
    const answers = await answersTo(world, arrive);
    for (const [route, answer] of answers) {
      const row = measured.get(route) ?? visitors.map(() => "-");
      row[column] = answer;
      measured.set(route, row);
    }
    if (isUpdate) return;
    const expected = [...written].map(([route, row]) => [route, row[column]] as const)
      .filter(([, answer]) => answer !== "-");
    deepEqual(Object.fromEntries(answers), Object.fromEntries(expected));
  });
}

Deno.test("SECURITY.md shows the access matrix", async () => {
  const text = await Deno.readTextFile(page);
  if (isUpdate) {
    const head = ["route", ...visitors.map(({ name }) => name)];
    const rows = [head, ...[...measured].map(([route, row]) => [route, ...row])];
    await Deno.writeTextFile(file, rows.map((row) => row.join("\t") + "\n").join(""));
    await Deno.writeTextFile(page, withTable(text, tableOf(rows)));
    return;
  }
  const rows = (await Deno.readTextFile(file)).trimEnd().split("\n").map((line) =>
    line.split("\t")
  );
  deepEqual(rows[0], ["route", ...visitors.map(({ name }) => name)]);
  equal(withTable(text, tableOf(rows)), text);
});

/** Asks each route as if it were the first after the arrival: some of them end the session. */
async function answersTo(
  world: TestWorld,
  arrive: (world: TestWorld) => Promise<Browser>,
): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const browser = await arrive(world);
  const restore = await world.checkpoint();
  for (const route of routesOf(world)) {
    answers.set(route, accessOf(await ask(browser.copy(), route), route));
    await restore();
  }
  return answers;
}

function routesOf(world: TestWorld): Set<string> {
  const routes = world.app.routes.filter(({ method }) => method !== "ALL");
  return new Set(routes.map(({ method, path }) => `${method} ${path}`));
}

async function ask(browser: Browser, route: string): Promise<Response> {
  const [method = "", pattern = ""] = route.split(" ");
  const path = pattern.replaceAll(/:\w+/g, "x");
  if (method === "GET") return await browser.get(path);
  if (method === "POST") return await browser.post(path);
  return await browser.request(path, { method, headers: { "sec-fetch-site": "same-origin" } });
}

function accessOf(answer: Response, route: string): string {
  ok(answer.status < 500, route);
  if (answer.status === 401) return "login";
  if (answer.status === 403) return "forbidden";
  const location = answer.headers.get("location");
  if (location === null) return "open";
  return redirects[new URL(location, "https://app.example").pathname] ?? "open";
}

function readMatrix(text: string): Map<string, string[]> {
  const rows = text.trimEnd().split("\n").slice(1).map((line) => line.split("\t"));
  return new Map(rows.map(([route = "", ...row]) => [route, row]));
}

/** The matrix as a table, padded as the formatter does it. */
function tableOf([head = [], ...rows]: string[][]): string {
  const cells = [head, ...rows.map(([route = "", ...row]) => [`\`${route}\``, ...row])];
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  return [first, widths.map((width) => "-".repeat(width)), ...others].map(line).join("\n");
}

function withTable(text: string, table: string): string {
  const [before = ""] = text.split("\n## Who may open what\n");
  const intro =
    "What each route answers to each kind of visitor, as the tests find it. `open`: the route answers\n" +
    "itself, which may be a form again or 404. `forbidden`: 403. Any other word: the page that the\n" +
    "visitor is sent to. `-`: the route does not exist on that site.";
  return `${before.trimEnd()}\n\n## Who may open what\n\n${intro}\n\n${table}\n`;
}

test("a path that only resembles a private page is not found [SEC-F17]", async (world) => {
  const browser = await world.ann();

  for (
    const path of ["/profile/x.css", "/profile;.js", "/profile%2fx.png", "/profile/", "/PROFILE"]
  ) {
    const answer = await browser.get(path);
    equal(answer.status, 404, path);
    equal(answer.headers.get("cache-control"), "private, no-store", path);
  }
});

test("only the listed assets are served [SEC-F16]", async (world) => {
  const paths = [
    ".env",
    ".git/config",
    "deno.json",
    "main.ts",
    "assets/",
    "assets/app.css",
    "assets/..%2fmain.ts",
  ];
  for (const path of paths) equal((await world.browser().get(`/${path}`)).status, 404, path);
});
