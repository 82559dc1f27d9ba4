import { deepEqual, equal, match, ok } from "node:assert/strict";
import { post, type Site, test, textOf } from "./site.ts";

const texts = async (client: ReturnType<Site["client"]>) =>
  (JSON.parse(await textOf(client, "/flashes")) as { text: string }[]).map(({ text }) => text);

test("messages are shown once, in order, and again within one request [FL-H09]", async (site) => {
  site.app.get("/twice", async (c) => {
    const first = await site.login.takeFlashes(c);
    const second = await site.login.takeFlashes(c);
    return c.json([first.length, second.length]);
  });
  const client = site.client();
  await client.request("/flash/one", post);
  await client.request("/flash/two", post);

  equal(await textOf(client, "/twice"), "[2,2]");
  deepEqual(await texts(client), []);
  equal(client.cookies.size, 0);
});

test("messages have categories, and can be asked for by one [FL-H09]", async (site) => {
  site.app.post("/mixed", async (c) => {
    await site.login.flash(c, "fine");
    await site.login.flash(c, "careful", "warning");
    return c.text("");
  });
  site.app.get("/warnings", async (c) => c.json(await site.login.takeFlashes(c, "warning")));
  const client = site.client();
  await client.request("/mixed", post);

  equal(await textOf(client, "/warnings"), '[{"text":"careful","category":"warning"}]');
});

test("messages survive redirects, logins and logouts, for guests as well [FL-H10]", async (site) => {
  const client = site.client();
  await client.request("/flash/hello", post);
  await client.request("/public");
  await client.request("/in/1", { method: "POST", body: "{}" });
  await client.request("/who");
  await client.request("/out", post);

  deepEqual(await texts(client), ["hello"]);
});

test("the same message waits once, and the latest ones are kept when there are too many for a cookie", async (site) => {
  const client = site.client();
  for (let i = 0; i < 3; i++) await client.request("/flash/same", post);
  deepEqual(await texts(client), ["same"]);

  for (let i = 0; i < 100; i++) await client.request(`/flash/${"m".repeat(80)}${i}`, post);
  const [first = "", ...rest] = await texts(client);
  ok(!first.endsWith("m0") && rest.at(-1)?.endsWith("99"));
  ok((client.cookies.get("__Host-flash") ?? "").length < 4000);
});

test("a message that was not signed here is not shown", async (site) => {
  const client = site.client();
  const forged = btoa(JSON.stringify([{ text: "Send me your password", category: "message" }]))
    .replaceAll("=", "");
  for (const value of [forged, `${forged}.`, `${forged}.${"A".repeat(43)}`, "é", ""]) {
    client.cookies.set("__Host-flash", value);
    deepEqual(await texts(client), []);
    ok(!client.cookies.has("__Host-flash"), "and it is deleted");
  }
});

test("messages that are added side by side all stay, and one that fits no cookie is an error", async (site) => {
  site.app.post("/three", async (c) => {
    await Promise.all(["a", "b", "c"].map((text) => site.login.flash(c, text)));
    return c.text("");
  });
  site.app.post("/long", async (c) => (await site.login.flash(c, "x".repeat(3000)), c.text("")));
  site.app.onError((error, c) => c.text(error.message, 500));
  const client = site.client();

  await client.request("/three", post);
  deepEqual(await texts(client), ["a", "b", "c"]);
  ok((await textOf(client, "/long", post)).includes("Cannot keep a message"));
});

test("HEAD and a page that is fetched ahead use up no message", async (site) => {
  const browser = await site.loggedIn("1");
  await browser.request("/flash/hello", post);

  await browser.request("/flashes", { method: "HEAD" });
  for (const name of ["sec-purpose", "purpose", "x-moz"]) {
    equal(await textOf(browser, "/flashes", { headers: { [name]: "prefetch;prerender" } }), "[]");
  }
  match(await textOf(browser, "/flashes"), /hello/);
});

test("a message that is too long for a cookie fails the request, awaited or not", async (site) => {
  site.app.onError((error, c) => c.text(error.message, 500));
  const long = "x".repeat(3000);
  site.app.get("/awaited", async (c) => {
    await site.login.flash(c, long);
    return c.text("ok");
  });
  site.app.get("/forgotten", (c) => {
    site.login.flash(c, long);
    return c.text("ok");
  });
  for (const path of ["/awaited", "/forgotten"]) {
    match(await textOf(site.client(), path), /Cannot keep a message: \d+ bytes/);
  }
});
