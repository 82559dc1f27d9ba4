/// <reference lib="dom" />
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest, fillForm } from "../support/chromium.ts";
import { press, send } from "../support/page_states.ts";
import { ann, bob } from "../support/people.ts";

const phone = { viewport: { width: 360, height: 740 } };
const submit = "main form:not([data-passkey]) button[type=submit]";
const top = async (page: Page, selector: string) =>
  (await page.locator(selector).first().boundingBox())?.y;

browserTest(
  "an address with an umlaut before the @ can register and log in",
  async (browser) => {
    await using server = await BrowserServer.create();
    const page = await server.open(browser, {});
    const email = "günther@example.org";

    await page.goto("/register");
    await fillForm(page, { ...bob, email });
    await press(page, submit);
    equal(await page.locator("h1").innerText(), "Profile");
    await page.context().clearCookies();
    await page.goto("/login");
    await page.locator("#email").fill(email);
    await page.locator("#password").fill(bob.password);
    await press(page, submit);
    equal(await page.locator("h1").innerText(), "Profile");
    for (const path of ["/account/delete", "/login"]) {
      await page.goto(path);
      equal(await page.locator("[type=email]").count(), 0, path);
    }
  },
);

browserTest("a field is no longer red once it is edited", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, phone);
  await page.goto("/register");
  await send(page, { ...bob, name: "", email: "ann" });
  const before = await top(page, "#name");

  await page.locator("#name").fill("Bob");
  equal(await page.locator("#name[aria-invalid], #name-problem").count(), 0);
  equal(await page.locator("#email[aria-invalid], #email-problem").count(), 2);
  equal(await page.locator(".summary .edited").count(), 1);
  equal(await struckOut(page, ".summary h2"), false);
  equal(await top(page, "#name"), before, "the field stays where it is");

  await page.locator("#email").fill("bob@example.com");
  equal(await page.locator("[aria-invalid], .problem").count(), 0);
  equal(await struckOut(page, ".summary h2"), true);
  equal(await top(page, "#name"), before, "the field stays where it is");
});

function struckOut(page: Page, selector: string): Promise<boolean> {
  return page.locator(selector).evaluate((it) =>
    getComputedStyle(it).textDecorationLine === "line-through"
  );
}

browserTest("a taken address leads to the login page", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, {});
  await page.goto("/register");
  await send(page, { ...ann, password: bob.password });

  await page.locator("#email-problem").getByRole("link", { name: "Log in instead?" }).click();
  await page.waitForURL("**/login");
});

for (
  const [locale, words, shown, hide] of [
    ["en-GB", 6, "Copied", "Hide"],
    ["it-IT", 7, "Copiata", "Nascondi"],
  ] as const
) {
  browserTest(
    `a suggested passphrase is shown whole and can be copied: ${locale}`,
    async (browser) => {
      await using server = await BrowserServer.create();
      const page = await server.open(browser, { ...phone, locale });
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.goto("/register");
      await page.locator("#password-suggest").click();

      const copy = page.locator("#password-copy");
      await copy.waitFor();
      const passphrase = await page.locator("#password").inputValue();
      equal(passphrase.split(" ").length, words);
      deepEqual(await covering(page), { words: passphrase, isWhole: true });
      equal(await page.locator("button.reveal").innerText(), hide);
      await copy.click();
      await copy.filter({ hasText: shown }).waitFor();
      await page.locator("#name").focus();
      await page.keyboard.press("Control+V");
      equal(await page.locator("#name").inputValue(), passphrase);

      await page.locator("#password").press("End");
      await page.keyboard.type("x");
      deepEqual([await covering(page), await copy.isVisible()], [null, false]);
    },
  );
}

browserTest("the longest passphrase is shown whole, and can be hidden", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, { viewport: { width: 320, height: 640 } });
  const passphrase = Array(7).fill("cittadino").join(" ");
  await page.route("**/passphrase", (route) => route.fulfill({ json: { passphrase } }));
  await page.goto("/register");
  const reveal = page.locator("button.reveal");
  const size = await reveal.boundingBox();

  await page.locator("#password-suggest").click();
  await page.locator("#password-copy").waitFor();
  deepEqual(await covering(page), { words: passphrase, isWhole: true });
  equal((await reveal.boundingBox())?.height, size?.height);
  await reveal.click();
  equal(await covering(page), null);
  await reveal.click();
  deepEqual(await covering(page), { words: passphrase, isWhole: true });
});

/** The words that cover the password's input, and whether all of them fit into it. */
function covering(page: Page): Promise<{ words: string; isWhole: boolean } | null> {
  return page.locator("#password").evaluate((input) => {
    const field = input.parentElement as HTMLElement;
    const cover = getComputedStyle(field, "::after");
    if (cover.content === "none") return null;
    const words = cover.content.split('"')[1] ?? "";
    // As many lines as the words need in the width that is left to them.
    const copy = document.createElement("p");
    copy.textContent = words;
    copy.style.cssText = `margin: 0; padding: ${cover.padding}; width: ${cover.width}`;
    document.body.append(copy);
    const isWhole = copy.scrollWidth <= copy.clientWidth &&
      copy.offsetHeight <= input.clientHeight && field.scrollHeight <= field.clientHeight;
    copy.remove();
    return { words, isWhole };
  });
}

browserTest(
  "the place of the password's strength is not empty before it is known",
  async (browser) => {
    await using server = await BrowserServer.create();
    const page = await server.open(browser, phone);
    await page.goto("/register");

    match(await page.locator("#password-advice").innerText(), /random words/);
    ok(await page.locator("meter").isVisible());
  },
);

browserTest(
  "a page of the account that comes back from memory is loaded again",
  async (browser) => {
    await using server = await BrowserServer.create();
    const page = await server.open(browser, {});
    await server.logIn(page);
    await page.goto("/account/sessions");
    await page.context().clearCookies();

    const restore = (persisted: boolean) =>
      page.evaluate((persisted) => {
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted }));
      }, persisted);
    await restore(false);
    equal(new URL(page.url()).pathname, "/account/sessions");
    await restore(true);
    await page.waitForURL("**/login?**");
  },
);

browserTest("a message does not move the navigation of the account", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, { viewport: { width: 1280, height: 800 } });
  await server.logIn(page);
  await page.goto("/profile"); // takes the message of the login
  await page.goto("/profile");
  const before = await top(page, ".account-nav");

  await send(page, { name: "Ann Meyer" });
  match(await page.getByRole("status").innerText(), /has been saved/);
  equal(await top(page, ".account-nav"), before);
});

browserTest("the sentence of an error is larger than its number", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, phone);
  await page.goto("/nowhere");

  const sizes = await page.locator(".error > *").evaluateAll((all) =>
    all.map((it) => [it.localName, parseFloat(getComputedStyle(it).fontSize)] as const)
      .sort(([, a], [, b]) => b - a)
  );
  deepEqual(sizes[0]?.[0], "h1");
});
