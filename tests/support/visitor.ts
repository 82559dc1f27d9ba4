import { equal } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Text } from "../../views/text/en.ts";
import type { BrowserServer } from "./browser_server.ts";
import { fillForm, recordProblems } from "./chromium.ts";
import { type MailedTokens, watchTokens } from "./mailed_tokens.ts";

/** A person in one browser, by default without scripts, who reads the mails in the development mailbox. */
export class Visitor {
  readonly page: Page;
  readonly problems: readonly string[];
  /** Where this browser met a mailed token. */
  readonly tokens: MailedTokens;
  readonly #server: BrowserServer;
  readonly #text: Text;

  private constructor(page: Page, server: BrowserServer, text: Text) {
    this.page = page;
    this.problems = recordProblems(page);
    this.tokens = watchTokens(page);
    this.#server = server;
    this.#text = text;
  }

  static async open(
    browser: Browser,
    site: { readonly server: BrowserServer; readonly text: Text },
    look: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const { server, text } = site;
    const scriptless = { javaScriptEnabled: false, locale: text.locale, ...look };
    const page = await server.open(browser, scriptless);
    await page.goto("/");
    return new Visitor(page, server, text);
  }

  async sees(heading: string, message?: string): Promise<void> {
    equal(await this.page.locator("h1").innerText(), heading);
    if (message !== undefined) {
      equal((await this.page.getByRole("status").innerText()).trim(), message);
    }
  }

  async click(link: string): Promise<void> {
    await this.#press(this.page.getByRole("link", { name: link, exact: true }).first());
  }

  /** Fills in the fields of the page's form, and presses its button. */
  async send(fields: Record<string, string>, button: string): Promise<void> {
    await fillForm(this.page, fields);
    const main = this.page.getByRole("main");
    await this.#press(main.getByRole("button", { name: button, exact: true }));
  }

  async logIn(email: string, password: string): Promise<void> {
    await this.page.goto("/login");
    await this.send({ email, password }, this.#text.login.submit);
  }

  async logOut(): Promise<void> {
    await this.#press(this.page.getByRole("button", { name: this.#text.nav.logOut, exact: true }));
  }

  /** Opens the newest mail of this subject, and then its link. */
  async openMail(subject: string, link: string): Promise<void> {
    await this.#server.world.delivered();
    await this.click(this.#text.footer.mailbox);
    await this.click(subject);
    await this.sees(subject);
    const frame = this.page.frameLocator("iframe");
    await this.#press(frame.getByRole("link", { name: link, exact: true }));
  }

  /** Waits for the next page: the last one may have the same heading. */
  async #press(element: Locator): Promise<void> {
    await Promise.all([this.page.waitForEvent("load"), element.click()]);
  }
}
