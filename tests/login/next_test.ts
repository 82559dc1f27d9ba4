import { loginUrl, safeNext } from "@latchkey/login";
import fc from "fast-check";
import { deepEqual, equal, ok } from "node:assert/strict";
import { makeSite, test, textOf } from "./site.ts";

const origin = "http://app.test";

const vectors: [next: string, answer: string | null][] = [
  ["/profile", "/profile"],
  ["/profile?x=1#f", "/profile?x=1#f"],
  ["profile", "/profile"],
  ["?x=1", "/?x=1"],
  ["/", "/"],
  ["", null],
  ["//evil.test", null],
  ["///evil.test", null],
  ["////evil.test", null],
  ["http:///evil.test", null],
  ["/\\evil.test", null],
  ["\\\\evil.test", null],
  ["\\/evil.test", null],
  ["http://evil.test\\@app.test/", null],
  ["/\t/evil.test", null],
  ["/\n/evil.test", null],
  ["\t//evil.test", null],
  [" //evil.test", null],
  ["\0//evil.test", null],
  ["\u00a0//evil.test", null],
  ["http://app.test@evil.test/", null],
  ["https:evil.test", null],
  ["http:evil.test", null],
  ["http:/evil.test", null],
  ["javascript:alert(1)", null],
  ["JaVaScRiPt:alert(1)", null],
  ["data:text/html,x", null],
  ["ftp://app.test/x", null],
  ["https://app.test/x", null],
  ["http://app.test:81/x", null],
  ["http://app.test/ok", null],
  ["HTTP://APP.TEST/ok", null],
  ["//app.test/x", null],
  ["/%2f%2fevil.test", "/%2f%2fevil.test"],
  ["/%5cevil.test", "/%5cevil.test"],
  ["/.//evil.test", null],
  ["/..//evil.test", null],
  ["/foo/..//evil.test", null],
  ["/foo/%2e%2e//evil.test", null],
  [".//evil.test", null],
  ["//", null],
  ["http://[::1", null],
  ["/profile\r\nSet-Cookie: a=b", null],
  ["/login", null],
  ["/login?next=/x", null],
  ["/logout", null],
  ["/x/../logout", null],
  ["/logout#x", null],
  ["/%6cogout", null],
  ["/%6Cogin", null],
  ["/%", "/%"],
  ["/a b", "/a%20b"],
  ["/é", "/%C3%A9"],
  ["/" + "x".repeat(3000), null],
];

for (const [next, answer] of vectors) {
  Deno.test(`the safe part of ${JSON.stringify(next).slice(0, 50)} is ${answer} [FL-N09] [FL-N13] [FL-N14]`, () => {
    equal(safeNext(next, ["/login", "/logout"]), answer);
    if (answer !== null) equal(new URL(answer, `${origin}/login`).origin, origin);
  });
}

const nasty = fc.stringMatching(/^[a-z/\\:.@?#%\t\n\r \0é&=+;-]{0,12}$/);
const inputs = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.array(
    fc.oneof(
      nasty,
      fc.constantFrom("//", "\\", "/.", "..", "evil.test", "http:", "@", "\t", "%2f", "[::1]"),
    ),
    { maxLength: 8 },
  )
    .map((parts) => parts.join("")),
);

Deno.test("whatever goes in, what a browser makes of the answer stays on this origin [FL-N09] [FL-C07]", () => {
  fc.assert(
    fc.property(inputs, fc.constantFrom("/login", "/a/b/login", "//x/login"), (next, page) => {
      const answer = safeNext(next, ["/logout"]);
      if (answer === null) return;
      const followed = new URL(answer, origin + page);
      equal(followed.origin, origin);
      ok(!followed.pathname.startsWith("//"));
      ok(followed.pathname !== "/logout");
      equal(safeNext(answer, ["/logout"]), answer, "and what was accepted is accepted again");
    }),
    { numRuns: 20_000 },
  );
});

test("the same holds for what the app answers in Location [FL-N09]", async (site) => {
  await fc.assert(
    fc.asyncProperty(inputs, async (next) => {
      const where = await textOf(
        site.client(),
        `/next?next=${encodeURIComponent(next.toWellFormed())}`,
      );
      equal(new URL(where, "https://app.example/login").origin, "https://app.example");
      ok(/^\/(?!\/)[!-~]*$/.test(where), where);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("the login URL carries path and query, encoded as a form value, and no fragment [FL-N01]", () => {
  equal(loginUrl("/login", "/p?a=1&b=é+x#f"), "/login?next=%2Fp%3Fa%3D1%26b%3D%C3%A9%2Bx");
});

test("through the guard and back it is the very page that was refused [FL-N01]", async (site) => {
  const path = "/members?a=1&b=%C3%A9+x&c=%2F%26";
  const refused = await site.client().request(path);
  const query = new URL(refused.headers.get("location") ?? "", origin).searchParams.get("next");

  equal(query, path);
  equal(safeNext(query), path);
});

Deno.test("scheme and host are dropped when the login page has none or the same, and passed on otherwise [FL-N02]", () => {
  equal(loginUrl("/login", "https://app.example/p"), "/login?next=%2Fp");
  equal(
    loginUrl("https://app.example/login", "https://app.example/p"),
    "https://app.example/login?next=%2Fp",
  );
  equal(
    loginUrl("https://sso.example/in", "https://app.example/p?x"),
    "https://sso.example/in?next=https%3A%2F%2Fapp.example%2Fp%3Fx",
  );
  equal(
    loginUrl("http://app.example/login", "https://app.example/p"),
    "http://app.example/login?next=https%3A%2F%2Fapp.example%2Fp",
  );
});

Deno.test("the guard builds on the site's origin, whatever the request's Host says [FL-N02]", async () => {
  const site = makeSite({ loginPage: "https://sso.example/in" });
  const answer = await site.app.request("https://evil.test/members");
  equal(
    answer.headers.get("location"),
    "https://sso.example/in?next=https%3A%2F%2Fapp.example%2Fmembers",
  );
});

Deno.test("query and fragment of the login page are kept, and a former next is replaced [FL-N03]", () => {
  equal(loginUrl("/login?a=1&a=2&b=#top", "/p"), "/login?a=1&a=2&b=&next=%2Fp#top");
  equal(loginUrl("/login?next=%2Fold&a=1", "/p"), "/login?next=%2Fp&a=1");
});

Deno.test("the field can have another name [FL-N04]", () => {
  equal(loginUrl("/login", "/p", "return_to"), "/login?return_to=%2Fp");
});

Deno.test("without a next it is the page itself [FL-N05]", () => {
  equal(loginUrl("/login"), "/login");
  equal(loginUrl("/login?a=1", null), "/login?a=1");
});

Deno.test("next can wait in a signed cookie: replaced by each refusal, and used up by the login [FL-N06]", async () => {
  const site = makeSite({ nextIn: "cookie" });
  const client = site.client();

  equal((await client.request("/members?first")).headers.get("location"), "/login");
  await client.request("/members?second");
  equal(await textOf(client, "/next"), "/members?second");
  equal(await textOf(client, "/next"), "/home");
});

Deno.test("a next cookie that was not made here, or for another purpose, is no next [FL-N06]", async () => {
  const site = makeSite({ nextIn: "cookie" });
  const client = site.client();
  await client.request("/members");
  const flash = client.cookies.get("__Host-flash") ?? "";
  for (const forged of [btoa("/evil").replaceAll("=", ""), `${btoa("/evil")}.x`, "é", "", flash]) {
    client.cookies.set("__Host-next", forged);
    equal(await textOf(client, "/next"), "/home");
    ok(!client.cookies.has("__Host-next"));
  }
});

test("a path that begins with two slashes is refused without a next [FL-N08]", async (site) => {
  site.app.get("/*", site.login.required, (c) => c.text("in"));
  const answer = await site.app.request("https://app.example//evil.test/x");
  equal(answer.headers.get("location"), "/login");
});

test("without a next, login leads home [FL-N11]", async (site) => {
  equal(await textOf(site.client(), "/next"), "/home");
  equal(await textOf(site.client(), "/next?next="), "/home");
});

test("the login, reauthentication and logout pages are never come back to", async (site) => {
  for (const page of ["/login", "/reauthenticate", "/logout"]) {
    equal(await textOf(site.client(), `/next?next=${page}`), "/home");
  }
  deepEqual(site.reported, []);
});

Deno.test("a page is avoided whatever its query, and so are the pages of an area", async () => {
  const site = makeSite({ loginPage: "/login?lang=it" });
  site.login.area({ loginPage: "/admin/login", reauthenticatePage: null });
  for (const page of ["/login", "/login?lang=it", "/admin/login", "/reauthenticate?x"]) {
    equal(await textOf(site.client(), `/next?next=${encodeURIComponent(page)}`), "/home", page);
  }
});

test("a Host that is nonsense changes neither the answer nor the way back", async (site) => {
  for (const host of ["a b", "x:99999", "[::", "%zz", "<script>", "ex\\ample", "1.2.3.4.5"]) {
    const request = new Proxy(new Request("https://app.example/members?x=1"), {
      get: (target, name) => {
        if (name === "url") return `https://${host}/members?x=1`;
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const answer = await site.app.fetch(request);
    equal(answer.headers.get("location"), "/login?next=%2Fmembers%3Fx%3D1", host);
  }
});
