import type { Factor } from "../lib/credential/second_factor.ts";
import { FactorForms, type FactorProblem } from "./factor_forms.tsx";
import type { Features, ProviderLink } from "./features.ts";
import { Field, FormProblem, type Problems, ProblemSummary, Username } from "./form.tsx";
import { buttonLabel } from "./provider_buttons.tsx";
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
function Providers({ text, features, hasPassword, providers, next }: ReauthenticatePageProps) {
  const links = (
    <ProviderLinks
      providers={providers}
      path={({ name }) => withNext(`/reauthenticate/with/${name}`, next)}
      label={(provider) => buttonLabel(text, provider)}
    />
  );
  return hasPassword
    ? (
      <>
        <p class="or">{text.providers.or}</p>
        {links}
      </>
    )
    : (
      <>
        <div class="card">
          <p>{text.reauthenticate.byProvider}</p>
          {links}
        </div>
        <OtherWay text={text} features={features} />
      </>
    );
}

/** For somebody whose provider may turn out not to say when they logged in there. */
function OtherWay({ text, features }: Pick<ReauthenticatePageProps, "text" | "features">) {
  const { setPassword, noOtherWay } = text.reauthenticate;
  return <p>{features.mail ? <a href="/account/password/first">{setPassword}</a> : noOtherWay}</p>;
}

/** For somebody whose provider does not say when they logged in there: a password helps. */
function NoWay({ text, features }: ReauthenticatePageProps) {
  const { noWay, noWayWithoutMail } = text.reauthenticate;
  return features.mail
    ? (
      <div class="card">
        <p>{noWay}</p>
        <p class="actions">
          <a class="button" href="/account/password/first">{text.password.firstTitle}</a>
        </p>
      </div>
    )
    : <p class="card">{noWayWithoutMail}</p>;
}
