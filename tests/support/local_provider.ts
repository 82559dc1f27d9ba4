/**
 * The local provider of development, beside the site, if `OIDC_PROVIDERS` names `dev`:
 * `deno task dev` starts it. Whoever names somebody is that person.
 */
import { print, printError } from "../../lib/cli/command.ts";
import { readEnvironment } from "../../lib/config.ts";
import { developmentClient } from "../../lib/oidc/presets.ts";
import { readProviderConfigs } from "../../lib/oidc/provider_config.ts";
import { startOidcProvider } from "./oidc_provider.ts";

const environment = readEnvironment((name) => Deno.env.get(name));
const origin = environment.ORIGIN || `http://localhost:${environment.PORT || 8000}`;
// The site says what is wrong with its settings.
const providers = readProviderConfigs(
  { ...environment, APP_ENV: "development" },
  { origin },
  () => {},
);
const issuer = URL.parse(providers.find(({ name }) => name === "dev")?.issuer ?? "");
if (issuer?.protocol === "http:") await start(issuer);

async function start({ hostname, port }: URL): Promise<void> {
  const path = `${origin}/login/with/dev`;
  const client = {
    ...developmentClient,
    redirectUris: [`${path}/callback`],
    backchannelLogoutUri: `${path}/backchannel-logout`,
  };
  try {
    const provider = await startOidcProvider({
      clients: [client],
      hostname,
      port: Number(port || 80),
    });
    print(`The local provider is at ${provider.issuer}, where people log out of it, too.`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error; // not one of the system
    printError(
      `The local provider cannot listen on the port ${port}: set OIDC_DEV_ISSUER to ` +
        "http://localhost: and a port that is free.",
    );
    Deno.exit(1);
  }
}
