import { type Browser, chromium, type Page } from "playwright-core";
import { TIMEOUT } from "./timeouts.ts";

const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const howToInstall =
  "Browser tests skipped: there is no Chromium here. Install one to run them, such as: apt-get install --no-install-recommends chromium-headless-shell";

/** Turns off Chromium's background work. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const executable = findChromium();
if (!executable) {
  if (Deno.env.get("CI")) {
    throw new Error("There is no Chromium, and in CI the browser tests must run");
  }
  // deno-lint-ignore no-console
  console.warn(howToInstall);
}

/** A test in a real browser. Without Chromium it is skipped; in CI it fails. */
export function browserTest(name: string, test: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    ignore: executable === null,
    fn: async () => {
      const browser = await launch();
      try {
        await test(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** A test on one page of a real browser. */
export function pageTest(name: string, test: (page: Page) => Promise<void>): void {
  browserTest(name, async (browser) => {
    const page = await browser.newPage();
    page.setDefaultTimeout(TIMEOUT);
    await test(page);
  });
}

export function launch(): Promise<Browser> {
  if (!executable) throw new Error(howToInstall);
  return chromium.launch({ executablePath: executable, args: flags });
}

/** Records console errors, failed requests, exceptions, and requests to other sites. */
export function recordProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    // Chromium logs a page with status 422 as a failed load.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      problems.push(message.text());
    }
  });
  page.on("response", (response) => {
    const failed = response.status() >= 400 && !response.request().isNavigationRequest();
    if (failed) problems.push(`${response.status()} ${response.url()}`);
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).hostname !== "localhost") problems.push(request.url());
  });
  return problems;
}

function findChromium(): string | null {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const name of names) {
    for (const folder of folders) {
      try {
        if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

/** Fills in the fields of the page's form, by their names. */
export async function fillForm(page: Page, fields: object): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`main #${name}`).fill(String(value));
  }
}
