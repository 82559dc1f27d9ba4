import type { ProviderConfig } from "./provider_config.ts";

/** An identity, as far as it says which provider it is of. */
interface OfProvider {
  readonly issuer: string;
  /** The name of the provider when it was linked. */
  readonly provider: string;
}

/**
 * The provider in the settings that an identity is of, whatever its name is by now; null when it is
 * gone. Of the tenants that share a provider, each is an issuer of its own at the same host.
 */
export function linkedProvider(
  { issuer, provider }: OfProvider,
  configs: readonly ProviderConfig[],
): ProviderConfig | null {
  const host = URL.parse(issuer)?.host;
  return configs.find((it) => it.issuer === issuer) ??
    configs.find((it) => it.name === provider && URL.parse(it.issuer)?.host === host) ?? null;
}

/** The providers in the settings that somebody has an identity of, in their order there. */
export function linkedProviders(
  identities: readonly OfProvider[],
  configs: readonly ProviderConfig[],
): readonly ProviderConfig[] {
  const linked = identities.map((it) => linkedProvider(it, configs));
  return configs.filter((it) => linked.includes(it));
}

/** What people call the provider of an identity: its name where the settings have it no more. */
export function linkedLabel(identity: OfProvider, configs: readonly ProviderConfig[]): string {
  return linkedProvider(identity, configs)?.label ?? identity.provider;
}
