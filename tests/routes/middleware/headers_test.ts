import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HasherUnavailable } from "../../../lib/credential/hasher_unavailable.ts";
import { reportsPath } from "../../../routes/middleware/headers.ts";
import { assetPath } from "../../../views/assets.ts";
import { exampleProvider } from "../../support/example_provider.ts";
import { ann } from "../../support/people.ts";
import { type Route, routesOf } from "../../support/routes.ts";
import { test, TestWorld } from "../../support/world.ts";

// headers.golden.txt holds the headers of every route and status. After an intended change:
// deno test -A tests/routes/middleware/headers_test.ts -- --update

const golden = new URL("headers.golden.txt", import.meta.url);

/** The header lines of an answer, without random values. */
function headerLines(answer: Response): string[] {
  return [...answer.headers].flatMap(([name, value]) => {
    if (name === "set-cookie") return `${name}: ${value.replace(/=[^;]+/, "=…")}`;
    if (name === "link") return `${name}: ${value.replace(/after=\w{26}/, "after=…")}`;
    if (name === "location") return `${name}: ${value.replaceAll(randomParameters, "$1=…")}`;
    // A line of its own, so that the policies of all pages can be compared.
    const [, more = ""] = /form-action 'self'([^;]*)/.exec(value) ?? [];
    return more === "" ? `${name}: ${value}` : [
      `${name}: ${value.replace(more, "")}`,
      `${name}: … form-action 'self'${more} …`,
    ];
  });
}

const randomParameters = /\b(state|nonce|code_challenge)=[\w-]{43}/g;

/** A valid request for a route, and the requests that every route refuses. */
function requestsFor(
  { method, path }: Route,
): [what: string, headers: Record<string, string>, init?: RequestInit][] {
  const type = path === reportsPath
    ? "application/csp-report"
    : "application/x-www-form-urlencoded";
  const ours = { "sec-fetch-site": "same-origin", "content-type": type };
  if (method === "GET") {
    return [
      [`GET ${path}`, {}],
      [`GET ${path} as a frame`, { "sec-fetch-dest": "iframe" }],
      [`DELETE ${path}`, ours, { method: "DELETE" }],
    ];
  }
  return [
    [`${method} ${path}`, ours, { method, body: "" }],
    [`${method} ${path} from elsewhere`, { ...ours, "sec-fetch-site": "cross-site" }, { method }],
    [`${method} ${path} of a wrong type`, { ...ours, "content-type": "text/plain" }, { method }],
    [`${method} ${path} too large`, ours, { method, body: "x".repeat(20_000) }],
  ];
}

async function everyAnswer(): Promise<Map<string, Response>> {
  const answers = new Map<string, Response>();
  const keep = (what: string, answer: Response) => answers.set(`${answer.status} ${what}`, answer);

  await using world = await TestWorld.create({
    config: { securityContact: "mailto:security@app.example", providers: [exampleProvider] },
  });
  await world.ann();
  for (const route of [...routesOf(world.app), { method: "GET", path: "/nowhere" }]) {
    const requests = requestsFor(route);
    for (const [what, headers, init] of requests) {
      keep(what, await world.browser().request(route.path, { ...init, headers }));
    }
    const [what, headers, init] = requests[0] as typeof requests[number];
    const browser = world.browser();
    await browser.follow(await browser.post("/login", { ...ann }));
    keep(`${what} for Ann`, await browser.request(route.path, { ...init, headers }));
  }
  for (const name of ["app.css", "reveal.js", "key.svg"] as const) {
    keep(`GET ${name}`, await world.browser().get(assetPath(name)));
  }
  for (const [fault, error] of [["broken", new Error("x")], ["busy", new HasherUnavailable("x")]]) {
    await using failing = await TestWorld.create({ hash: () => Promise.reject(error) });
    keep(`POST /login, ${fault}`, await failing.browser().post("/login", { ...ann }));
  }
  // An answer that is written piece by piece needs its database.
  for (const [what, answer] of answers) {
    if (answer.status === 200) answers.set(what, new Response(await answer.text(), answer));
  }
  return answers;
}

/** The lines that all answers share, then the answers grouped by their other lines. */
function described(answers: Map<string, Response>): string {
  const lines = new Map([...answers].map(([what, answer]) => [what, headerLines(answer)]));
  const [first = [], ...others] = lines.values();
  const shared = first.filter((line) => others.every((other) => other.includes(line)));
  const groups = Map.groupBy(lines.keys(), (what) => {
    const own = (lines.get(what) ?? []).filter((line) => !shared.includes(line));
    return own.join("\n") || "nothing else";
  });
  const sections = [...groups].sort().map(([own, whats]) =>
    `${own}\n${whats.sort().map((what) => `    ${what}\n`).join("")}`
  );
  return [`EVERY ANSWER\n${shared.join("\n")}\n`, ...sections].join("\n");
}

const answers = await everyAnswer();

Deno.test("the headers of every route and status match the golden file [SEC-F1] [SEC-F4] [SEC-F5] [SEC-F6] [SEC-F7] [SEC-F8] [SEC-F9] [SEC-F10] [SEC-F13]", async () => {
  const found = described(answers);
  if (Deno.args.includes("--update")) await Deno.writeTextFile(golden, found);
  equal(found, await Deno.readTextFile(golden));
});

Deno.test("the golden file covers every status [SEC-F13]", () => {
  const found = [...new Set([...answers.values()].map(({ status }) => status))].sort();
  equal(found.join(" "), "200 204 302 303 400 401 403 404 405 410 413 415 422 500 503");
});

Deno.test("every body has a content type with a charset, and no answer names the server software [SEC-F12] [SEC-F14]", async () => {
  for (const [what, answer] of answers) {
    const body = await answer.text();
    if (body) {
      const type = answer.headers.get("content-type") ?? "";
      ok(/; ?charset=utf-8$/i.test(type) || /^application\/(problem\+)?json$/.test(type), what);
    }
    for (const name of ["server", "x-powered-by", "via"]) {
      equal(answer.headers.get(name), null, what);
    }
    ok(!/\bhono\b|\bdeno\b\/\d/i.test([...answer.headers].join()), what);
  }
});

Deno.test("only assets may be cached, and answers that depend on the user nowhere [SEC-D25]", () => {
  for (const [what, answer] of answers) {
    const kept = answer.headers.get("cache-control") ?? "";
    if (/\.(css|js|svg)$/.test(what)) match(kept, /immutable/, what);
    else match(kept, /no-store/, what);
    if (answer.headers.has("set-cookie") || answer.headers.get("vary")?.includes("Cookie")) {
      equal(kept, "private, no-store", what);
    }
  }
});

test("every cookie has exactly its attributes, and the session cookie no Max-Age [SEC-D4] [SEC-D5]", async (world) => {
  await world.ann();

  const answer = await world.browser().post("/login", { ...ann, remember: "on" });
  const lines = answer.headers.getSetCookie().map((it) => it.replace(/=[^;]*/, ""));
  const attributes = "Path=/; HttpOnly; Secure; SameSite=Lax";
  deepEqual(lines.sort(), [
    `__Host-device; Max-Age=34560000; ${attributes}`,
    `__Host-flash; ${attributes}`,
    `__Host-remember; Max-Age=2592000; ${attributes}`,
    `__Host-session; ${attributes}`,
  ]);
});
