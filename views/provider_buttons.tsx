import type { ProviderLink } from "./features.ts";
import { ProviderLinks } from "./provider_links.tsx";
import type { Text } from "./text/en.ts";
import { withNext } from "./with_next.ts";

interface ProviderButtonsProps {
  text: Text;
  providers: readonly ProviderLink[];
  /** Where to go after login. The route validates it when it redirects. */
  next?: string | undefined;
  /** The name of the provider that this browser logged in with last. */
  last: string | null;
}

/** A button for each provider; it leads to the page that goes there. */
export function ProviderButtons({ text, providers, next, last }: ProviderButtonsProps) {
  if (providers.length === 0) return null;
  return (
    <>
      <p class="or">{text.providers.or}</p>
      <ProviderLinks
        providers={providers}
        path={({ name }) => withNext(`/login/with/${name}`, next)}
        label={(provider) => (
          <>
            {buttonLabel(text, provider)}
            {provider.name === last && <small>{text.providers.lastUsed}</small>}
          </>
        )}
      />
    </>
  );
}

/** What a button says that leads to a provider: Microsoft asks for its own words. */
export function buttonLabel({ providers }: Text, { mark, label }: ProviderLink): string {
  return mark === "microsoft" ? providers.signInWith(label) : providers.continueWith(label);
}
