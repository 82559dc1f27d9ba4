/// <reference lib="dom" />
import { deepEqual, equal } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest, recordProblems } from "../support/chromium.ts";
import { send } from "../support/page_states.ts";
import { codeAt } from "../support/totp.ts";

browserTest("recovery codes are copied, printed and downloaded as text", async (browser) => {
  await using server = await BrowserServer.create({});
  const page = await server.open(browser, { permissions: ["clipboard-write"] });
  const problems = recordProblems(page);
  await server.logIn(page);
  await page.goto("/account/totp");
  const key = await page.locator(".shared-key").innerText();
  await send(page, { code: codeAt(key.replaceAll(" ", ""), server.world.now) });
  const codes = await page.locator("#recovery-codes code").allInnerTexts();
  equal(codes.length, 10);
  const text = codes.map((code) => `${code}\n`).join("");

  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  await page.evaluate(() => document.body.append(document.createElement("textarea")));
  await page.locator("textarea").focus();
  await page.keyboard.press("Control+V");
  equal(await page.locator("textarea").inputValue(), text);

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  equal(download.suggestedFilename(), "recovery-codes.txt");
  equal(await readFile(await download.path(), "utf8"), text);

  await page.emulateMedia({ media: "print" });
  const printed = await page.locator("body").innerText();
  deepEqual(codes.filter((code) => !printed.includes(code)), []);
  equal(/Log out|Overview|Copy|Italiano/.test(printed), false, "only what belongs on the paper");
  deepEqual(problems, []);
});

browserTest("without scripts the codes can be read, and no button is dead", async (browser) => {
  await using server = await BrowserServer.create({});
  const page = await server.open(browser, { javaScriptEnabled: false });
  await server.logIn(page);
  await page.goto("/account/totp");
  const key = await page.locator(".shared-key").innerText();
  await page.locator("#code").fill(codeAt(key.replaceAll(" ", ""), server.world.now));
  await page.getByRole("button", { name: "Turn on" }).click();

  equal(await page.locator("#recovery-codes code").count(), 10);
  equal(await page.locator("main .actions button:visible").count(), 0);
});
