/**
 * Asks each provider in the settings whether it answers, and whether it knows the site:
 * `deno task providers:check`.
 */
import { newSecret } from "../keys.ts";
import { askProvider } from "../oidc/bounded_fetch.ts";
import type { AuthorizationRequest, Provider } from "../oidc/provider.ts";
import type { ProviderConfig } from "../oidc/provider_config.ts";
import { createProviders, redirectUriOf } from "../oidc/providers.ts";
import { print, printError, readProviderSettings, usageError } from "./command.ts";

const NONE = "There are no providers: set OIDC_PROVIDERS, such as OIDC_PROVIDERS=google,acme.";

/** OpenID providers say these instead of a page, once they know the client and the address. */
const expectedErrors = [
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
];

interface RedirectCheck {
  readonly isRefused: boolean;
  readonly words: string;
}

/** Returns the exit code: 1 when a provider fails, 2 when none could be asked. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return usageError("providers:check");
  const settings = readProviderSettings();
  if (!settings) return 2;
  const { origin, providers: configs } = settings;
  if (configs.length === 0) {
    printError(NONE);
    return 2;
  }
  const providers = createProviders(configs, { fetch, now: () => new Date(), origin });
  let failures = 0;
  for (const config of configs) {
    const provider = providers.find(config.name);
    if (provider && !await check(provider, config, origin)) failures++;
  }
  return failures > 0 ? 1 : 0;
}

async function check(
  provider: Provider,
  config: ProviderConfig,
  origin: string,
): Promise<boolean> {
  const redirectUri = redirectUriOf(config.name, origin);
  print(`${config.name}: ${config.label}, ${config.issuer}`);
  const asked = await provider.authorizationUrl(trialRequest());
  if (!asked.ok) {
    printError(`  ${config.name} does not answer as it should: ${asked.detail}.`);
    printEntries(config, origin, null);
    return false;
  }
  const url = new URL(asked.url);
  print(`  It answers, and asks people at ${url.origin}${url.pathname}`);
  const redirect = await checkRedirect(url, redirectUri);
  (redirect.isRefused ? printError : print)(
    `  The redirect address of ${config.name}: ${redirect.words}.`,
  );
  printEntries(config, origin, url.searchParams.get("scope"));
  return !redirect.isRefused;
}

/** Asks the provider to answer at once, to the redirect address, without a page for people. */
async function checkRedirect(url: URL, redirectUri: string): Promise<RedirectCheck> {
  url.searchParams.set("prompt", "none");
  let location: URL | null = null;
  const answer = await askProvider("the authorization endpoint", fetch, async (request) => {
    const response = await request(url.href, {});
    const header = response.headers.get("location");
    if (header !== null) location = URL.parse(header, url);
    return response;
  });
  if (!answer.ok) return { isRefused: false, words: `cannot tell: ${answer.detail}` };
  return judge(answer.status, location, redirectUri);
}

function judge(status: number, location: URL | null, redirectUri: string): RedirectCheck {
  if (location && `${location.origin}${location.pathname}` === redirectUri) {
    const error = location.searchParams.get("error");
    return error === null || expectedErrors.includes(error)
      ? { isRefused: false, words: "registered" }
      : { isRefused: true, words: `registered, but it answers ${error.slice(0, 100)}` };
  }
  if (status >= 400) {
    const words = `refused with ${status}: enter it there, or correct the client id`;
    return { isRefused: true, words };
  }
  const seen = location ? `it leads to ${location.origin}${location.pathname}` : "it shows a page";
  return { isRefused: false, words: `cannot tell: ${seen}. Log in there to see` };
}

/** What the console of the provider asks for. */
function printEntries(config: ProviderConfig, origin: string, scopes: string | null): void {
  if (config.name === "dev") return print("  Nothing to enter: deno task dev starts it.");
  const place = consoleOf(config);
  print(`  Enter ${place ? `at ${place}` : "in its console"}:`);
  print(`    redirect address              ${redirectUriOf(config.name, origin)}`);
  if (config.kind === "openid") {
    print(
      `    back-channel logout address   ${origin}/login/with/${config.name}/backchannel-logout`,
    );
    print("                                  if it has a place for one");
  }
  print(`    origin                        ${origin}`);
  if (scopes) print(`    scopes                        ${scopes}`);
}

function consoleOf({ mark, issuer }: ProviderConfig): string | null {
  switch (mark) {
    case "google":
      return "https://console.cloud.google.com/auth/clients";
    case "microsoft":
      return "https://entra.microsoft.com, under App registrations";
    case "github":
      return "https://github.com/settings/developers";
    case "gitlab":
      return `${issuer}/-/user_settings/applications`;
    case null:
      return null;
  }
}

function trialRequest(): AuthorizationRequest {
  return {
    state: newSecret(),
    nonce: newSecret(),
    codeVerifier: newSecret(),
    asksAnew: false,
    startedAt: new Date(),
  };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
