import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "../support/world.ts";

test("the name on the profile can be changed", async (world) => {
  const browser = await world.ann();

  const answer = await browser.post("/profile", { name: " Ann Meyer " });
  equal(answer.status, 303);
  const page = await (await browser.follow(answer)).text();
  match(page, /Your name has been saved\./);
  match(page, /Hi Ann Meyer/);
});

test("a refused name stays in the form, with the problem beside it", async (world) => {
  const browser = await world.ann();

  const answer = await browser.post("/profile", { name: "n".repeat(81) });
  equal(answer.status, 422);
  const page = await answer.text();
  match(page, /id="name-problem">Please use 80 characters or fewer/);
  match(page, /Hi Ann</);
  ok(page.includes("n".repeat(81)));
});

test("a guest who sends the profile form is redirected to the login page, without next", async (world) => {
  const answer = await world.browser().post("/profile", { name: "Eve" });
  equal(answer.status, 303);
  equal(answer.headers.get("location"), "/login");
  deepEqual(await world.dump(), []);
});

test("20 parallel changes of the name keep the user's record complete", async (world) => {
  const browser = await world.ann();

  const names = Array.from({ length: 20 }, (_, i) => `Ann ${i}`);
  const answers = await Promise.all(names.map((name) => browser.post("/profile", { name })));

  deepEqual(new Set(answers.map((answer) => answer.status)), new Set([303]));
  const page = await (await browser.get("/profile")).text();
  ok(names.some((name) => page.includes(`Hi ${name}`)));
  match(page, /ann@example\.com/);
});

test("a user's name is escaped [ASVS-1.2.1]", async (world) => {
  const browser = await world.ann();

  await browser.post("/profile", { name: `<b id="x">&"'` });

  const page = await (await browser.get("/profile")).text();
  ok(!page.includes("<b id"));
  match(page, /Hi &lt;b id=&quot;x&quot;&gt;&amp;&quot;&#39;/);
});
