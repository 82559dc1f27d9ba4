/// <reference lib="dom" />
import axe, { type RunOptions } from "axe-core";
import { HtmlValidate } from "html-validate";
import { deepEqual, equal } from "node:assert/strict";
import type { BrowserContextOptions, Page, Response } from "playwright-core";
import { browserTest, listen } from "../support/chromium.ts";
import { guestStates, memberStates } from "../support/page_states.ts";
import { BrowserServer } from "../support/browser_server.ts";

// Every page in every state, as a browser sees it: nothing that axe or html-validate find, nothing from
// elsewhere, nothing wider than the window, one place that is read out, and the focus where it helps.

const looks: [what: string, BrowserContextOptions][] = [
  ["wide, light, English", {
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    locale: "en-GB",
  }],
  ["on a phone, dark, Italian", {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    locale: "it-IT",
    hasTouch: true,
  }],
];

for (const [what, look] of looks) {
  browserTest(`every page in every state is accessible and valid: ${what}`, async (_, browser) => {
    await using stage = await BrowserServer.create();
    // Without motion a colour is at once what it will be.
    const page = await stage.open(browser, { ...look, reducedMotion: "reduce" });
    await page.addInitScript(axe.source);
    const complaints = listen(page);
    const served: Response[] = [];
    page.on("response", (it) => it.request().isNavigationRequest() && served.push(it));
    const findings: string[] = [];

    for (const scenes of [guestStates, memberStates]) {
      if (scenes === memberStates) await stage.logIn(page);
      for (const { name, show } of scenes) {
        await show(page, stage);
        const found = [
          ...await invalid(await served.at(-1)?.text() ?? ""),
          ...await inaccessible(page),
          ...await misplaced(page),
          ...await tooWide(page),
        ];
        findings.push(...found.map((finding) => `${name}: ${finding}`));
      }
    }

    equal(findings.join("\n"), "");
    deepEqual(complaints, []);
  });
}

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    // How a renderer writes what means the same.
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    "doctype-style": "off",
    "void-style": "off",
  },
});

/** What html-validate finds in a page as it was served. */
async function invalid(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}, ${message} (line ${line})`)
  );
}

/** What axe finds, and the contrasts under the other colour scheme as well. */
async function inaccessible(page: Page): Promise<string[]> {
  const found = await page.evaluate(auditWith, allRules);
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  await page.emulateMedia({ colorScheme: isDark ? "light" : "dark" });
  found.push(...await page.evaluate(auditWith, contrastOnly));
  await page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });
  return found;
}

// WCAG 2.2's own rule is off unless it is asked for.
const allRules: RunOptions = { rules: { "target-size": { enabled: true } } };
const contrastOnly: RunOptions = { runOnly: ["color-contrast"] };

/** Runs in the page, since all that is right would be a lot to carry out of it. */
async function auditWith(options: RunOptions): Promise<string[]> {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}, ${html} ${failureSummary}`)
  );
}

/** Whether one place is read out when it changes, the focus is on the first problem, and all stands still. */
function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const live =
      document.querySelectorAll("[role=status], [role=alert], [aria-live], output").length;
    const first = document.querySelector("[aria-invalid=true]");
    const focused = document.activeElement;
    const moving = [...document.querySelectorAll("body *")]
      .filter((it) => getComputedStyle(it).transitionDuration !== "0s").length;
    return [
      ...moving === 0 ? [] : [`${moving} things move although motion is unwanted`],
      ...live === 1 ? [] : [`${live} live regions`],
      ...first === null || first === focused
        ? []
        : [`the focus is on ${focused?.id}, not on ${first.id}`],
    ];
  });
}

/** Whether one has to scroll sideways on a small phone, or at a zoom of 200 % and 400 %. */
async function tooWide(page: Page): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const width of [640, 320]) {
    await page.setViewportSize({ width, height: 600 });
    const reach = await page.evaluate(() => document.documentElement.scrollWidth);
    if (reach > width) found.push(`${reach} pixels wide in a window of ${width}`);
  }
  if (before) await page.setViewportSize(before);
  return found;
}
