import type { Clock } from "../time.ts";
import { GithubProvider } from "./github_provider.ts";
import { OpenidProvider } from "./openid_provider.ts";
import type { Provider } from "./provider.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** Where people can log in with an account that they have there, in the order of the settings. */
export class Providers {
  readonly #byName: ReadonlyMap<string, Provider>;

  constructor(providers: readonly Provider[]) {
    this.#byName = new Map(providers.map((provider) => [provider.name, provider]));
  }

  find(name: string): Provider | null {
    return this.#byName.get(name) ?? null;
  }

  list(): readonly Provider[] {
    return [...this.#byName.values()];
  }
}

/** Makes the clients of the providers in the settings; nothing is asked of them yet. */
export function createProviders(
  configs: readonly ProviderConfig[],
  { fetch, now, origin }: {
    readonly fetch: typeof globalThis.fetch;
    readonly now: Clock;
    readonly origin: string;
  },
): Providers {
  return new Providers(configs.map((config) => {
    const redirectUri = redirectUriOf(config.name, origin);
    const Client = config.kind === "github" ? GithubProvider : OpenidProvider;
    return new Client(config, { fetch, now, redirectUri });
  }));
}

/** The address that a provider sends people back to, which its console has to know. */
export function redirectUriOf(name: string, origin: string): string {
  return `${origin}/login/with/${name}/callback`;
}
