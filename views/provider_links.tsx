import type { Child } from "hono/jsx";
import type { ProviderLink } from "./features.ts";
import { ProviderMark } from "./provider_mark.tsx";

interface ProviderLinksProps {
  providers: readonly ProviderLink[];
  path: (provider: ProviderLink) => string;
  label: (provider: ProviderLink) => Child;
}

/** A link that looks like a button for each provider, with its mark. */
export function ProviderLinks({ providers, path, label }: ProviderLinksProps) {
  return (
    <ul class="providers">
      {providers.map((provider) => (
        <li>
          <a class="provider" href={path(provider)}>
            {provider.mark && <ProviderMark name={provider.mark} />}
            <span class="label">{label(provider)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
