import type { Identity } from "../../lib/credential/identity_record.ts";
import type { Features, ProviderLink } from "../features.ts";
import { FormProblem } from "../form.tsx";
import { ProviderLinks } from "../provider_links.tsx";
import { ProviderMark } from "../provider_mark.tsx";
import type { Text } from "../text/en.ts";
import { RelativeTime } from "../time.tsx";
import { AccountLayout } from "./layout.tsx";

const path = "/account/identities";

/** An account at a provider, as the page shows it. */
export interface LinkedIdentity extends Pick<Identity, "email" | "linkedAt" | "lastUsedAt"> {
  readonly issuer: string;
  readonly provider: ProviderLink;
}

interface IdentitiesPageProps {
  text: Text;
  features: Features;
  now: Date;
  linked: readonly LinkedIdentity[];
  /** Where the user has linked nothing yet. */
  linkable: readonly ProviderLink[];
  /** Why nothing was unlinked. */
  problem?: "last_way_in" | undefined;
}

/** The accounts at providers that a user signs in with, and those that can be linked. */
export function IdentitiesPage(props: IdentitiesPageProps) {
  const { text, features, linked, linkable, problem } = props;
  const { title, intro, none, linkTitle } = text.identities;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{title}</h1>
      {problem && <LastWayIn text={text} />}
      <p>{linked.length > 0 || linkable.length > 0 ? intro : none}</p>
      {linked.length > 0 && (
        <ul class="card-grid entries identities">
          {linked.map((identity) => <IdentityCard {...props} identity={identity} />)}
        </ul>
      )}
      {linkable.length > 0 && (
        <section class="linkable" aria-labelledby="linkable">
          <h2 id="linkable">{linkTitle}</h2>
          <ProviderLinks
            providers={linkable}
            path={({ name }) => `${path}/${name}/link`}
            label={({ label }) => text.identities.link(label)}
          />
        </section>
      )}
    </AccountLayout>
  );
}

function LastWayIn({ text }: { text: Text }) {
  const { lastWayIn, setPassword } = text.identities;
  return (
    <FormProblem>
      {lastWayIn} <a href="/account/passkeys">{text.passkeys.add}</a>
      {" · "}
      <a href="/account/password">{setPassword}</a>
    </FormProblem>
  );
}

interface IdentityCardProps extends IdentitiesPageProps {
  identity: LinkedIdentity;
}

function IdentityCard({ text, now, identity }: IdentityCardProps) {
  const { provider, email, linkedAt, lastUsedAt } = identity;
  const { address, linkedSince, lastUsed, never } = text.identities;
  return (
    <li class="card">
      <h2>
        {provider.mark && <ProviderMark name={provider.mark} />}
        {provider.label}
      </h2>
      <dl>
        {email !== null && (
          <>
            <dt>{address}</dt>
            <dd>
              <bdi>{email}</bdi>
            </dd>
          </>
        )}
        <dt>{linkedSince}</dt>
        <dd>
          <RelativeTime text={text} time={linkedAt} now={now} />
        </dd>
        <dt>{lastUsed}</dt>
        <dd>
          {lastUsedAt ? <RelativeTime text={text} time={lastUsedAt} now={now} /> : never}
        </dd>
      </dl>
      <UnlinkForm text={text} identity={identity} />
    </li>
  );
}

function UnlinkForm({ text, identity: { provider, issuer } }: {
  text: Text;
  identity: LinkedIdentity;
}) {
  const { unlink, unlinkLabel, unlinkIntro, unlinkSubmit } = text.identities;
  return (
    <details>
      <summary aria-label={unlinkLabel(provider.label)}>{unlink}</summary>
      <form method="post" action={`${path}/${provider.name}/unlink`}>
        <input type="hidden" name="issuer" value={issuer} />
        <p>{unlinkIntro(provider.label)}</p>
        <button type="submit" class="danger">{unlinkSubmit}</button>
      </form>
    </details>
  );
}
