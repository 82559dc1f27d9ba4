/// <reference lib="dom" />
// @ts-types="axe-core"
import axe, { type RunOptions } from "axe-core/axe.min.js";
import type { Page } from "playwright-core";

/** The script that a page runs first, so that it can be audited: half as long as the readable one. */
export const auditScript = axe.source;

/** The findings of axe, as the page looks now. */
export function audit(page: Page): Promise<string[]> {
  return page.evaluate(auditWith, allRules);
}

/** The findings of axe that another width or colour scheme can cause. */
export function auditLook(page: Page): Promise<string[]> {
  return page.evaluate(auditWith, lookOnly);
}

/** The findings of axe, and its contrast findings in the other colour scheme. */
export async function inaccessible(page: Page): Promise<string[]> {
  const found = await audit(page);
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  await page.emulateMedia({ colorScheme: isDark ? "light" : "dark" });
  found.push(...await page.evaluate(auditWith, contrastOnly));
  await page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });
  return found;
}

// WCAG 2.2's own rule is off unless it is asked for.
const allRules: RunOptions = { rules: { "target-size": { enabled: true } } };
const contrastOnly: RunOptions = { runOnly: ["color-contrast"] };
const lookOnly: RunOptions = { runOnly: ["color-contrast", "target-size"] };

/** Runs inside the page, and returns the violations only. */
async function auditWith(options: RunOptions): Promise<string[]> {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}, ${html} ${failureSummary}`)
  );
}
