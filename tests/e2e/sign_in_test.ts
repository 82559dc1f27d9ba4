/// <reference lib="dom" />
import { equal, match } from "node:assert/strict";
import type { Page } from "playwright-core";
import type { ProviderConfig } from "../../lib/oidc/provider_config.ts";
import { redirectUriOf } from "../../lib/oidc/providers.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest } from "../support/chromium.ts";
import { type OidcProvider, startOidcProvider } from "../support/oidc_provider.ts";
import { bob } from "../support/people.ts";
import { MINUTE } from "../../lib/time.ts";

const client = { id: "latchkey", secret: "the secret of the tests" };

const password = "a heron stands in the reeds";

const heading = (page: Page) => page.locator("h1").innerText();
const status = (page: Page) => page.getByRole("status").innerText();
const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();
const follow = (page: Page, name: string) =>
  page.getByRole("main").getByRole("link", { name, exact: true }).click();

/** A site in Chromium, beside a real provider that it is entered at. */
async function start(): Promise<{ server: BrowserServer; provider: OidcProvider }> {
  const port = freePort();
  const config: ProviderConfig = {
    name: "acme",
    label: "Acme",
    mark: null,
    kind: "openid",
    issuer: `http://127.0.0.1:${port}`,
    clientId: client.id,
    clientSecret: client.secret,
    otherOrigins: [],
    tellsAuthTime: true,
    trust: { amr: [], acr: [], authTime: false },
  };
  const server = await BrowserServer.create({ providers: [config] }, { fetch: globalThis.fetch });
  const redirectUris = [redirectUriOf("acme", server.origin)];
  const provider = await startOidcProvider({ port, clients: [{ ...client, redirectUris }] });
  keepTime(server);
  return { server, provider };
}

/** The provider lives in real time: the site has to, when somebody comes back from there. */
function keepTime({ world }: BrowserServer): void {
  world.pass(Date.now() - world.now.getTime());
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

/** Leaves for the provider, by its link on the page. */
async function leave(page: Page, server: BrowserServer, link?: string): Promise<void> {
  if (link) await follow(page, link);
  else await page.locator("a.provider").click();
  keepTime(server);
  await press(page, "Continue to Acme");
}

/** At the provider: says who they are. */
async function answerAs(page: Page, email: string, server: BrowserServer): Promise<void> {
  await page.getByLabel("Somebody else, with a verified address").fill(email);
  keepTime(server);
  await page.getByRole("button", { name: "Continue" }).click();
}

browserTest(
  "a new user continues with a provider, comes back, sets a password and unlinks it, without scripts",
  async (browser) => {
    const { server, provider } = await start();
    await using _server = server;
    await using _provider = provider;
    const page = await server.open(browser, { javaScriptEnabled: false });

    await page.goto("/login?next=/account");
    await leave(page, server, "Continue with Acme");
    await answerAs(page, "emma@example.com", server);
    equal(await page.locator("#name").inputValue(), "emma");
    await press(page, "Create account");
    equal(new URL(page.url()).pathname, "/account");

    await page.getByRole("button", { name: "Log out" }).click();
    await page.goto("/login");
    match(await page.locator("a.provider").innerText(), /Last used/);
    await leave(page, server); // who still knows them
    equal(await page.locator("#name").inputValue(), "emma");

    await page.goto("/account/password");
    await leave(page, server, "Continue with Acme");
    await answerAs(page, "emma@example.com", server); // asked anew, although they are logged in there
    equal(new URL(page.url()).pathname, "/account/password/first");
    await page.locator("#password").fill(password);
    await page.getByRole("main").getByRole("button", { name: /password/i }).last().click();
    match(await status(page), /password/i);

    await page.goto("/account/identities");
    await page.locator("main summary").click();
    await press(page, "Unlink this account");
    match(await status(page), /unlinked/i);

    await page.getByRole("button", { name: "Log out" }).click();
    await page.goto("/login?next=/account/identities");
    await page.locator("#email").fill("emma@example.com");
    await page.locator("#password").fill(password);
    await press(page, "Log in");
    equal(new URL(page.url()).pathname, "/account/identities");
  },
);

browserTest(
  "somebody without a password deletes the account after a login at their provider",
  async (browser) => {
    const { server, provider } = await start();
    await using _server = server;
    await using _provider = provider;
    const page = await server.open(browser, {});

    await page.goto("/register");
    await leave(page, server);
    await answerAs(page, "emma@example.com", server);
    await press(page, "Create account");
    server.world.pass(11 * MINUTE);
    await page.goto("/account/delete");
    server.world.pass(-11 * MINUTE);
    await leave(page, server, "Continue with Acme");
    await answerAs(page, "emma@example.com", server);
    equal(new URL(page.url()).pathname, "/account/delete");
    await page.locator("#email").fill("emma@example.com");
    await page.getByRole("main").getByRole("button", { name: /delete/i }).click();
    match(await status(page), /deleted/i);

    await page.goto("/login");
    await leave(page, server);
    equal(await page.locator("#name").inputValue(), "emma");
    equal(new URL(page.url()).pathname, "/login/with/acme/confirm", "it is asked again");
  },
);

browserTest("a user links an account at a provider and logs in with it", async (browser) => {
  const { server, provider } = await start();
  await using _server = server;
  await using _provider = provider;
  const page = await server.open(browser, {});
  const client = server.world.browser();
  await client.post("/register", { ...bob });

  await page.goto("/login?next=/account/identities");
  await page.locator("#email").fill(bob.email);
  await page.locator("#password").fill(bob.password);
  await press(page, "Log in");
  await leave(page, server, "Link Acme");
  await answerAs(page, "bob.elsewhere@example.com", server);
  match(await status(page), /linked/);
  match(await page.locator("main").innerText(), /bob\.elsewhere@example\.com/);

  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto("/login");
  await leave(page, server);
  equal(await page.locator("#name").inputValue(), "Bob");

  await page.goto("/account/identities");
  equal(await heading(page), "Confirm it’s you");
});
