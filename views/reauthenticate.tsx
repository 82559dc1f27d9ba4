import type { Factor } from "../lib/credential/second_factor.ts";
import { FactorForms, type FactorProblem } from "./factor_forms.tsx";
import { Field, FormProblem, type Problems, ProblemSummary, Username } from "./form.tsx";
import type { Text } from "./text/en.ts";

export interface ReauthenticatePageProps {
  text: Text;
  user: { readonly email: string; readonly factors: readonly Factor[] };
  next?: string | undefined;
  /** The problem of a code. */
  problem?: FactorProblem | undefined;
  problems?: Problems<"password">;
  refused?: boolean;
}

/** Asks for the second factor of a user who has one, and for the password of every other. */
export function ReauthenticatePage(props: ReauthenticatePageProps) {
  const { text, user: { factors }, next, problem } = props;
  const forms = { text, factors, next, problem };
  return (
    <div class="auth narrow">
      <h1>{text.reauthenticate.title}</h1>
      {factors.length > 0
        ? <FactorForms action="/reauthenticate" {...forms} />
        : <PasswordForm {...props} />}
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
