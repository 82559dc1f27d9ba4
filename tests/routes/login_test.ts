import { equal, match, ok } from "node:assert/strict";
import { ann, bob } from "../support/people.ts";
import { test } from "../support/world.ts";

const { email, password } = ann;

test("login leads back to the requested page [FL-D1]", async (world) => {
  await world.ann();
  const browser = world.browser();

  const refused = await browser.get("/profile");
  equal(refused.status, 302);
  equal(refused.headers.get("location"), "/login?next=%2Fprofile");

  const form = await (await browser.follow(refused)).text();
  match(form, /Please log in to see this page\./);
  match(form, /name="next" value="\/profile"/);

  const answer = await browser.post("/login", { email, password, next: "/profile" });
  equal(answer.status, 303);
  const page = await (await browser.follow(answer)).text();
  match(page, /You’re logged in\./);
  match(page, /Hi Ann/);
});

test("next survives a refused login in a hidden field, and works in the query too [FL-N12]", async (world) => {
  await world.ann();
  const browser = world.browser();

  const refused = await browser.post("/login", { email, password: "not hers", next: "/account" });
  match(await refused.text(), /<input type="hidden" name="next" value="\/account"/);
  const answer = await browser.post("/login?next=%2Faccount", { email, password });
  equal(answer.headers.get("location"), "/account");
});

test("an unknown address and a wrong password get the same answer [FL-D1]", async (world) => {
  await world.ann();
  const answerTo = async (fields: Record<string, string>) => {
    const answer = await world.browser().post("/login", fields);
    const body = (await answer.text()).replaceAll(fields.email as string, "…");
    return { status: answer.status, headers: [...answer.headers], body };
  };

  const wrong = await answerTo({ email, password: "not her password" });
  const unknown = await answerTo({ email: bob.email, password: "not her password" });
  const noAddress = await answerTo({ email: "nonsense", password: "not her password" });

  equal(wrong.status, 422);
  match(wrong.body, /Wrong email address or password\./);
  equal(JSON.stringify(unknown), JSON.stringify(wrong));
  equal(JSON.stringify(noAddress), JSON.stringify(wrong));
});

test("a refused login form keeps the address, never the password", async (world) => {
  const browser = world.browser();

  const page = await (await browser.post("/login", { email, password })).text();
  match(page, /value="ann@example\.com"/);
  ok(!page.includes(password));
  equal(browser.cookies.size, 0);
});

test("an empty login form names the missing fields", async (world) => {
  const answer = await world.browser().post("/login", {
    email: "",
    password: "",
    next: "/profile",
  });
  equal(answer.status, 422);
  const page = await answer.text();
  match(page, /id="email-problem">Please fill this in/);
  match(page, /id="password-problem">Please fill this in/);
  match(page, /name="next" value="\/profile"/);
});

test("a suspended user gets the same answer as an unknown one", async (world) => {
  await world.ann();
  const entry = (await world.dump()).find((it) => it.key[0] === "user");
  await world.database.set(entry?.key ?? [], { ...entry?.value as object, active: false });

  const answer = await world.browser().post("/login", { email, password });
  equal(answer.status, 422);
  match(await answer.text(), /Wrong email address or password\./);
});

for (
  const next of [
    "https://evil.test/",
    "//evil.test",
    "/\\evil.test",
    "/.//evil.test",
    "/logout",
    "/login",
  ]
) {
  test(`an unsafe next is ignored and the login succeeds: ${next} [FL-N10]`, async (world) => {
    await world.ann();
    const browser = world.browser();

    const answer = await browser.post("/login", { email, password, next });
    equal(answer.headers.get("location"), "/profile");
    equal((await browser.get("/profile")).status, 200);
  });
}

test("a logged-in user is redirected home from the login and registration pages [FL-G11]", async (world) => {
  const browser = await world.ann();

  for (const path of ["/login", "/register"]) {
    equal((await browser.get(path)).headers.get("location"), "/profile", path);
  }
});

test("a login form that is older than another person's login is judged, and says that it switches", async (world) => {
  await world.bob();
  const shared = await world.ann();
  const former = shared.copy();
  const wrong = await shared.post("/login", { email: bob.email, password: "not bob's password" });
  equal(wrong.status, 422);
  match(await (await shared.get("/profile")).text(), /Hi Ann/);

  const answer = await shared.post("/login", { email: bob.email, password: bob.password });
  const page = await (await shared.follow(answer)).text();
  match(page, /Hi Bob/);
  match(page, /logged in to a different account/);
  equal((await former.get("/profile")).status, 302);
});

test("a registration form that is older than another person's login creates the account and switches", async (world) => {
  const shared = await world.ann();
  equal((await shared.post("/register", { ...bob, password: "short" })).status, 422);

  const page = await (await shared.follow(await shared.post("/register", { ...bob }))).text();
  match(page, /Hi Bob/);
  match(page, /logged in to a different account/);
});

test("passwords are compared in NFC, with no other normalization [SEC-A4]", async (world) => {
  await world.register({ ...ann, password: "caf\u00e9 au lait \ufb01rst" });
  const status = async (password: string) =>
    (await world.browser().post("/login", { email, password })).status;

  equal(await status("cafe\u0301 au lait \ufb01rst"), 303);
  equal(await status("caf\u00e9 au lait first"), 422);
  equal(await status("Caf\u00e9 au lait \ufb01rst"), 422);
  equal(await status("caf\u00e9 au lait \ufb01rst "), 422);
});
