/// <reference lib="dom" />
import { HtmlValidate } from "html-validate";
import { deepEqual, equal } from "node:assert/strict";
import { languages } from "../../views/text/languages.ts";
import { auditScript, inaccessible } from "../support/accessibility.ts";
import { pageTest, recordProblems } from "../support/chromium.ts";
import { sampleMails } from "../support/mails.ts";

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    "doctype-style": "off",
    "void-style": "off",
    // Mail programs ignore style sheets more often than style attributes.
    "no-inline-style": "off",
  },
});

/** A mail is shown inside the page of a mail program, which has the landmarks. */
const ofWholePages = /^(landmark-one-main|region),/;

pageTest(
  "every mail is valid and accessible, fits a phone, and asks no server for anything",
  async (page) => {
    await page.setViewportSize({ width: 360, height: 740 });
    const problems = recordProblems(page);
    const findings: string[] = [];

    for (const text of languages) {
      for (const { view, html } of sampleMails(text)) {
        await page.setContent(html);
        await page.evaluate(auditScript);
        const { results } = await validator.validateString(html);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        const found = [
          ...results.flatMap(({ messages }) => messages.map(({ message }) => message)),
          ...(await inaccessible(page)).filter((finding) => !ofWholePages.test(finding)),
          ...width > 360 ? [`${width} pixels wide in a window of 360`] : [],
        ];
        findings.push(...found.map((finding) => `${view} (${text.lang}): ${finding}`));
      }
    }

    equal(findings.join("\n"), "");
    deepEqual(problems, []);
  },
);
