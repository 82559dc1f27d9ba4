/**
 * Takes a screenshot of every page state at phone and desktop width, light and dark, in English and
 * Italian, into `screenshots/`; the few that the README shows go into `.github/screenshots/` too.
 */
import { launch } from "../support/chromium.ts";
import { guestStates, memberStates } from "../support/page_states.ts";
import { BrowserServer } from "../support/browser_server.ts";

const folder = "screenshots";
const looks = [
  { width: 390, colorScheme: "light", locale: "en-GB" },
  { width: 390, colorScheme: "dark", locale: "it-IT" },
  { width: 1280, colorScheme: "light", locale: "it-IT" },
  { width: 1280, colorScheme: "light", locale: "en-GB" },
  { width: 1280, colorScheme: "dark", locale: "en-GB" },
  { width: 390, colorScheme: "dark", locale: "en-GB" },
] as const;

const shownInReadme = [
  "sessions-1280-light-en",
  "sessions-1280-dark-en",
  "login-390-light-en",
  "register-typed-390-light-en",
  "account-390-dark-it",
];

await Deno.mkdir(".github/screenshots", { recursive: true });
await Deno.mkdir(folder, { recursive: true });
const browser = await launch();
for (const { width, colorScheme, locale } of looks) {
  await using server = await BrowserServer.create();
  const viewport = { width, height: width === 390 ? 844 : 800 };
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
