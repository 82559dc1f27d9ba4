/// <reference lib="dom" />
import { notEqual, ok } from "node:assert/strict";
import type { Page } from "playwright-core";

// A visitor who has a keyboard only.

/** The focused element: the id of a field, or else the accessible name. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    if (element instanceof HTMLInputElement) return element.id;
    return element.ariaLabel ?? element.innerText;
  });
}

/** Presses Tab until the named element has the focus, which has to be visible on the way. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  while (await focused(page) !== name) {
    ok(passed.length < 40, `"${name}" is not on the way: ${passed.join(", ")}`);
    await page.keyboard.press("Tab");
    passed.push(await focused(page));
    const outline = await page.evaluate(() =>
      getComputedStyle(document.activeElement as Element).outlineStyle
    );
    if (passed.at(-1) !== "") notEqual(outline, "none", `the focus shows on ${passed.at(-1)}`);
  }
}

/** Presses Enter, and waits until the next page is loaded. */
export async function enter(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}
