/// <reference lib="dom" />
import { deepEqual, equal } from "node:assert/strict";
import type { BrowserContextOptions, Page, Response } from "playwright-core";
import { auditScript } from "./accessibility.ts";
import { BrowserServer } from "./browser_server.ts";
import { browserTest, recordProblems } from "./chromium.ts";
import { pageTours } from "./page_tours.ts";

/** How a browser shows pages, and what is checked of each, as it is shown and as it was served. */
interface Look extends BrowserContextOptions {
  readonly what: string;
  readonly check: (page: Page, html: string) => Promise<string[]>;
}

/**
 * Tests every page in every state, in one look: nothing from other sites, no sideways scrolling, no
 * broken words in headings and buttons, one live region, the focus on the first problem, and what
 * the look checks.
 */
export function testPages({ what, check, ...look }: Look): void {
  for (const { site, config, fetch, states } of pageTours) {
    browserTest(
      `every page in every state is accessible and valid ${site}: ${what}`,
      async (browser) => {
        await using server = await BrowserServer.create(config, { fetch });
        // Without transitions axe measures the final colours.
        const page = await server.open(browser, { ...look, reducedMotion: "reduce" });
        await page.addInitScript(auditScript);
        const problems = recordProblems(page);
        const served: Response[] = [];
        page.on("response", (it) => {
          const isPage = it.request().isNavigationRequest() && it.frame() === page.mainFrame();
          if (isPage) served.push(it);
        });
        const findings: string[] = [];

        for (const { name, show } of states) {
          await show(page, server);
          const found = [
            ...await check(page, await served.at(-1)?.text() ?? ""),
            ...await misplaced(page),
            ...await tooWide(page),
          ];
          findings.push(...found.map((finding) => `${name}: ${finding}`));
        }

        equal(findings.join("\n"), "");
        // In one state the database is broken: the login page cannot offer passkeys then.
        deepEqual(problems.filter((it) => !/^503 .*\/login\/passkey\/options$/.test(it)), []);
      },
    );
  }
}

/** Checks for one live region, focus on the first problem, and no motion. */
function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const live =
      document.querySelectorAll("[role=status], [role=alert], [aria-live], output").length;
    const first = document.querySelector("[aria-invalid=true]");
    const focused = document.activeElement;
    const moving = [...document.querySelectorAll("body *")]
      .filter((it) => getComputedStyle(it).transitionDuration !== "0s").length;
    return [
      ...moving === 0 ? [] : [`${moving} elements move although reduced motion is set`],
      ...live === 1 ? [] : [`${live} live regions`],
      ...first === null || first === focused
        ? []
        : [`the focus is on ${focused?.id}, not on ${first.id}`],
    ];
  });
}

/**
 * Checks on a small phone, and at a zoom of 200 % and 400 %, for sideways scrolling, and for
 * headings, buttons and links with a word that is longer than its line.
 */
async function tooWide(page: Page): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const width of [640, 320]) {
    await page.setViewportSize({ width, height: 600 });
    found.push(...await page.evaluate(overflowing, width));
  }
  if (before) await page.setViewportSize(before);
  return found;
}

/** Runs inside the page. */
function overflowing(width: number): string[] {
  const reach = document.documentElement.scrollWidth;
  // The user's name in the header may be cut off.
  const selector = "h1, h2, button, .button, header li a:not([href='/profile'])";
  const broken = [...document.querySelectorAll<HTMLElement>(selector)].filter((it) => {
    it.style.overflowWrap = "normal";
    const isBroken = it.clientWidth > 0 && it.scrollWidth > it.clientWidth;
    it.style.overflowWrap = "";
    return isBroken;
  });
  return [
    ...reach > width ? [`${reach} pixels wide in a window of ${width}`] : [],
    ...broken.map((it) => `a word is broken in "${it.textContent}"`),
  ];
}
