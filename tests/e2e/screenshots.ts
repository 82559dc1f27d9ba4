/// <reference lib="dom" />
/**
 * Takes a screenshot of every page state and every mail at phone and desktop width, light and dark,
 * in English and Italian, into `screenshots/`; the few that the README shows go into
 * `.github/screenshots/` too. `deno task screenshots mails` takes those of the mails only,
 * `deno task screenshots "with mail"` those of one tour of `page_tours.ts`.
 */
import type { Page } from "playwright-core";
import { languages } from "../../views/text/languages.ts";
import { launch } from "../support/chromium.ts";
import { sampleMails } from "../support/mails.ts";
import { pageTours } from "../support/page_tours.ts";
import { BrowserServer } from "../support/browser_server.ts";

const folder = "screenshots";
const [only] = Deno.args;
const tours = pageTours.filter(({ site }) => only === undefined || only === site);
const withMails = only === undefined || only === "mails";
const looks = [360, 1280].flatMap((width) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    ["en-GB", "it-IT"].map((locale) => ({ width, colorScheme, locale }))
  )
);

const shownInReadme = [
  "sessions-mail-1280-light-en",
  "sessions-mail-1280-dark-en",
  "login-mail-360-light-en",
  "register-typed-360-light-en",
  "verify-email-registered-360-light-en",
  "account-mail-360-dark-it",
  "second-factor-360-light-en",
];

await Deno.mkdir(".github/screenshots", { recursive: true });
await Deno.mkdir(folder, { recursive: true });
const browser = await launch();
for (const look of looks) {
  const viewport = { width: look.width, height: look.width === 360 ? 740 : 800 };
  const lang = look.locale.slice(0, 2);
  const take = async (page: Page, name: string) => {
    const path = `${folder}/${name}-${look.width}-${look.colorScheme}-${lang}.png`;
    if (page.frames().length > 1) await drawFrame(page);
    await page.screenshot({ path, fullPage: true });
  };

  for (const { config, fetch, states } of tours) {
    await using server = await BrowserServer.create(config, { fetch });
    const page = await server.open(browser, { ...look, viewport });
    for (const { name, show } of states) {
      await show(page, server);
      await take(page, name);
    }
    await page.close();
  }
  const page = await browser.newPage({ ...look, viewport });
  const mails = !withMails
    ? []
    : languages.filter((text) => text.lang === lang).flatMap((text) => sampleMails(text));
  for (const { view, html } of mails) {
    await page.setContent(html);
    await take(page, `mail-${view}`);
  }
  await page.close();
}
await browser.close();

for (const name of only === undefined ? shownInReadme : []) {
  await Deno.copyFile(`${folder}/${name}.png`, `.github/screenshots/${name}.png`);
}

/** Makes the window as high as the page: Chromium draws no frame that is out of sight. */
async function drawFrame(page: Page): Promise<void> {
  const { scrollWidth: width, scrollHeight: height } = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { scrollWidth, scrollHeight };
  });
  await page.setViewportSize({ width, height });
  await page.locator("iframe").screenshot();
}
