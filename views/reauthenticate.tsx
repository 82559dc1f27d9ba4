import type { Factor } from "../lib/credential/second_factor.ts";
import { FactorForms, type FactorProblem } from "./factor_forms.tsx";
import type { Features, ProviderLink } from "./features.ts";
import { Field, FormProblem, type Problems, ProblemSummary, Username } from "./form.tsx";
import { ProviderLinks } from "./provider_links.tsx";
import type { Text } from "./text/en.ts";
import { withNext } from "./with_next.ts";

export interface ReauthenticatePageProps {
  text: Text;
  features: Pick<Features, "mail">;
  user: { readonly email: string; readonly factors: readonly Factor[] };
  hasPassword: boolean;
  /** Where the user can log in once more instead. */
  providers: readonly ProviderLink[];
  next?: string | undefined;
  /** The problem of a code. */
  problem?: FactorProblem | undefined;
  problems?: Problems<"password">;
  refused?: boolean;
}

/** Asks for the second factor of a user who has one; every other has a password or a provider. */
export function ReauthenticatePage(props: ReauthenticatePageProps) {
  const { text, user: { factors }, hasPassword, providers, next, problem } = props;
  const forms = { text, factors, next, problem };
  const isStuck = factors.length === 0 && !hasPassword && providers.length === 0;
  return (
    <div class="auth narrow">
      <h1>{text.reauthenticate.title}</h1>
      {factors.length > 0 && <FactorForms action="/reauthenticate" {...forms} />}
      {factors.length === 0 && hasPassword && <PasswordForm {...props} />}
      {factors.length === 0 && providers.length > 0 && <Providers {...props} />}
      {isStuck && <NoWay {...props} />}
    </div>
  );
}

function PasswordForm(props: ReauthenticatePageProps) {
  const { text, user: { email }, next, problems = {}, refused } = props;
  const { password } = text.fields;
  return (
    <form class="card" method="post" action="/reauthenticate">
      {refused && <FormProblem>{text.reauthenticate.refused}</FormProblem>}
      <ProblemSummary text={text} problems={problems} labels={{ password }} />
      <p>{text.reauthenticate.intro(email)}</p>
      {next && <input type="hidden" name="next" value={next} />}
      <Username email={email} />
      <Field
        text={text}
        name="password"
        label={password}
        type="password"
        autocomplete="current-password"
        enterkeyhint="go"
        problem={problems.password}
        refused={refused}
        autofocus
      />
      <button type="submit">{text.reauthenticate.submit}</button>
    </form>
  );
}

/** Links to the pages that lead to a provider. */
function Providers({ text, hasPassword, providers, next }: ReauthenticatePageProps) {
  return (
    <>
      {hasPassword
        ? <p class="or">{text.providers.or}</p>
        : <p>{text.reauthenticate.byProvider}</p>}
      <ProviderLinks
        providers={providers}
        path={({ name }) => withNext(`/reauthenticate/with/${name}`, next)}
        label={({ label }) => text.reauthenticate.continueWith(label)}
      />
    </>
  );
}

/** For somebody whose provider does not say when they logged in there: a password helps. */
function NoWay({ text, features, user: { email } }: ReauthenticatePageProps) {
  const { noWay, setPassword, noWayWithoutMail } = text.reauthenticate;
  if (!features.mail) return <p class="card">{noWayWithoutMail}</p>;
  return (
    <form class="card" method="post" action="/password-reset">
      <p>{noWay}</p>
      <input type="hidden" name="email" value={email} />
      <button type="submit">{setPassword}</button>
    </form>
  );
}
