/**
 * Takes a screenshot of every page state at phone and desktop width, light and dark, in English and
 * Italian, into `screenshots/`; the few that the README shows go into `.github/screenshots/` too.
 */
import { launch } from "../support/chromium.ts";
import { guestStates, memberStates } from "../support/page_states.ts";
import { BrowserServer } from "../support/browser_server.ts";

const folder = "screenshots";
const looks = [360, 1280].flatMap((width) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    ["en-GB", "it-IT"].map((locale) => ({ width, colorScheme, locale }))
  )
);

const shownInReadme = [
  "sessions-1280-light-en",
  "sessions-1280-dark-en",
  "login-360-light-en",
  "register-typed-360-light-en",
  "account-360-dark-it",
];

await Deno.mkdir(".github/screenshots", { recursive: true });
await Deno.mkdir(folder, { recursive: true });
const browser = await launch();
for (const { width, colorScheme, locale } of looks) {
  await using server = await BrowserServer.create();
  const viewport = { width, height: width === 360 ? 740 : 800 };
  const page = await server.open(browser, { viewport, colorScheme, locale });
  for (const states of [guestStates, memberStates]) {
    if (states === memberStates) await server.logIn(page);
    for (const { name, show } of states) {
      await show(page, server);
      const look = `${width}-${colorScheme}-${locale.slice(0, 2)}`;
      await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: true });
    }
  }
  await page.close();
}
await browser.close();
for (const name of shownInReadme) {
  await Deno.copyFile(`${folder}/${name}.png`, `.github/screenshots/${name}.png`);
}
