import { deepEqual, equal, match } from "node:assert/strict";
import { developmentMail } from "../../lib/mail/mail_config.ts";
import { Mailbox } from "../../lib/mail/mailbox.ts";
import { en } from "../../views/text/en.ts";
import { verifyEmailMail } from "../../views/mail/verify_email.tsx";
import { auditScript, inaccessible } from "../support/accessibility.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest, recordProblems } from "../support/chromium.ts";

for (const part of ["text", "HTML"] as const) {
  browserTest(`a developer follows the link in the ${part} of a mail`, async (browser) => {
    await using server = await BrowserServer.create({ mail: developmentMail });
    server.world.pass(1); // after Ann's registration
    const mailbox = new Mailbox(server.world.kv, () => server.world.now);
    const url = `${server.origin}/login?next=%2Faccount`;
    await mailbox.send({
      to: { name: "Ann", address: "ann@example.com" },
      ...verifyEmailMail(en, { url }),
      messageId: "<1@localhost>",
    });
    const page = await server.open(browser, { locale: "en-GB" });
    const problems = recordProblems(page);

    await page.goto("/");
    await page.getByRole("link", { name: "Development mailbox" }).click();
    await page.getByRole("main").getByRole("link").first().click();
    const subject = await page.locator("h1").innerText();
    equal(subject, verifyEmailMail(en, { url }).subject);

    const frame = page.frameLocator("iframe");
    match(await frame.locator("h1").innerText(), new RegExp(subject));
    if (part === "text") await page.locator("pre a").click();
    else await frame.getByRole("link").first().click();
    await page.waitForURL(url);
    equal(await page.locator("h1").innerText(), "Log in");
    deepEqual(problems, []);
  });
}

browserTest("the mailbox is accessible, and fits a phone in the dark", async (browser) => {
  await using server = await BrowserServer.create({ mail: developmentMail });
  server.world.pass(1); // after Ann's registration
  const mailbox = new Mailbox(server.world.kv, () => server.world.now);
  await mailbox.send({
    to: { name: "Ann", address: `${"a".repeat(60)}@${"example.".repeat(8)}com` },
    ...verifyEmailMail(en, { url: `${server.origin}/verify-email/${"t".repeat(90)}` }),
    messageId: "<1@localhost>",
  });
  const viewport = { width: 360, height: 740 };
  const page = await server.open(browser, {
    viewport,
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  await page.addInitScript(auditScript);

  await page.goto("/dev/mailbox");
  deepEqual(await inaccessible(page), []);
  equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
  await page.getByRole("main").getByRole("link").first().click();
  deepEqual(await inaccessible(page), []);
  equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
});
