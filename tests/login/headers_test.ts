import { DAY, HOUR } from "@latchkey/login";
import { deepEqual, equal, ok } from "node:assert/strict";
import { cookie, makeSite, post, test, textOf } from "./site.ts";

test("cookies say nothing: no name, no data, nothing that decodes to either [FL-H02] [SEC-D3]", async (site) => {
  const ann = await site.loggedIn("1", { remember: true });
  await ann.request("/data/secret/surprise", post);

  for (const [name, value] of ann.cookies) {
    const [, id = "", secret = ""] = value.split(".");
    const decoded = [id, secret].map((part) => atob(part.replaceAll("-", "+").replaceAll("_", "/")))
      .join("");
    ok(!/Ann|surprise|Firefox|pwd/.test(value + decoded), name);
  }
});

test("sessions have an idle and an absolute limit, on the server [FL-H03] [FL-C21]", async (site) => {
  const idle = await site.loggedIn("1");
  const busy = await site.loggedIn("1");

  for (let hour = 1; hour < 24; hour++) {
    site.pass(HOUR);
    if (hour === 2) equal(await textOf(idle, "/who"), "nobody");
    equal(await textOf(busy, "/who"), "Ann");
  }
  site.pass(HOUR);
  equal(await textOf(busy, "/who"), "nobody");
  ok(24 * HOUR === DAY);
});

test("a request that changes nothing sets no cookie [FL-H05]", async (site) => {
  const ann = await site.loggedIn("1", { remember: true });
  for (const path of ["/who", "/members", "/public", "/data", "/flashes"]) {
    deepEqual((await ann.request(path)).headers.getSetCookie(), [], path);
  }
});

test("an answer varies by cookie when somebody asked for the user, and only then [FL-H07] [FL-C25]", async (site) => {
  const ann = await site.loggedIn("1");
  for (const client of [ann, site.client()]) {
    equal((await client.request("/public")).headers.get("vary"), null);
    for (const path of ["/who", "/members", "/flashes", "/data"]) {
      equal((await client.request(path)).headers.get("vary"), "Cookie", path);
    }
  }
  equal((await ann.request("/nowhere")).headers.get("vary"), null);
});

test("a Vary of the handler's own is kept [FL-H07]", async (site) => {
  site.app.get(
    "/both",
    site.login.required,
    (c) => c.text("both", 200, { Vary: "Accept-Language" }),
  );
  equal(
    (await (await site.loggedIn("1")).request("/both")).headers.get("vary"),
    "Accept-Language, Cookie",
  );
});

test("an answer for which somebody asked for the user is kept out of caches [FL-H08]", async (site) => {
  const ann = await site.loggedIn("1");
  equal((await ann.request("/members")).headers.get("cache-control"), "private, no-store");
  equal(
    (await site.client().request("/members")).headers.get("cache-control"),
    "private, no-store",
  );
  equal((await ann.request("/public")).headers.get("cache-control"), null);
});

Deno.test("every cookie is HttpOnly, Secure, SameSite=Lax and host-bound [FL-R16] [SEC-D5]", async () => {
  const site = makeSite({ nextIn: "cookie" });
  const lines: string[] = [];
  const client = site.client();
  for (
    const [path, init] of [
      ["/members", {}],
      ["/data/a/b", post],
      ["/in/1", { method: "POST", body: '{"remember":true}' }],
      ["/prove", post],
      ["/out", post],
    ] as const
  ) {
    lines.push(...(await client.request(path, init)).headers.getSetCookie());
  }
  const names = new Set(lines.map((line) => line.split("=")[0]));
  deepEqual(
    [...names].sort(),
    ["__Host-flash", "__Host-next", cookie.remember, cookie.session].sort(),
  );
  for (const line of lines) {
    deepEqual(
      line.split("; ").slice(1).filter((it) => !it.startsWith("Max-Age=")).sort(),
      ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"],
    );
  }
});

test("a redirect or a fetched answer, whose headers cannot be changed, is kept out of caches too [FL-H08]", async (site) => {
  const headers = { "Cache-Control": "public, max-age=60" };
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    return new Response("fetched", { headers });
  });
  const fetched = await fetch(`http://127.0.0.1:${server.addr.port}`);
  site.app.get("/fetched", async (c) => {
    await site.login.user(c);
    return fetched;
  });
  site.app.get("/redirect", async (c) => {
    await site.login.user(c);
    return Response.redirect("https://app.example/public");
  });
  const ann = await site.loggedIn("1");
  for (const [path, status] of [["/fetched", 200], ["/redirect", 302]] as const) {
    const answer = await ann.request(path);
    equal(answer.status, status);
    equal(answer.headers.get("cache-control"), "private, no-store");
    equal(answer.headers.get("vary"), "Cookie");
    await answer.text();
  }
});
