import type { PasswordAssessment } from "../../../lib/credential/password_policy.ts";
import type { Features } from "../../features.ts";
import { ProblemSummary, Username } from "../../form.tsx";
import { NewPassword } from "../../new_password.tsx";
import type { FieldProblem, Text } from "../../text/en.ts";
import { AccountLayout } from "../layout.tsx";

export interface FirstPasswordPageProps {
  text: Text;
  features: Features;
  user: { readonly email: string; readonly emailVerified: boolean };
  minLength: number;
  problem?: FieldProblem | undefined;
  assessment?: PasswordAssessment | undefined;
}

/** Sets the first password: by a mailed link, and without mail right here. */
export function FirstPasswordPage(props: FirstPasswordPageProps) {
  const { text, features } = props;
  return (
    <AccountLayout text={text} features={features} path="/account/password">
      <h1>{text.password.firstTitle}</h1>
      {features.mail ? <AskForLink {...props} /> : <PasswordForm {...props} />}
    </AccountLayout>
  );
}

function AskForLink({ text, user: { email, emailVerified } }: FirstPasswordPageProps) {
  const { none, byMail, sendLink, confirmFirst } = text.password;
  if (!emailVerified) {
    return (
      <div class="card">
        <p>{none}</p>
        <p>{confirmFirst}</p>
        <p class="actions">
          <a class="button" href="/verify-email?next=%2Faccount%2Fpassword%2Ffirst">
            {text.email.confirm}
          </a>
        </p>
      </div>
    );
  }
  return (
    <form class="card" method="post" action="/account/password/first">
      <p>{none}</p>
      <p>{byMail(email)}</p>
      <button type="submit">{sendLink}</button>
    </form>
  );
}

function PasswordForm(
  { text, user: { email }, minLength, problem, assessment }: FirstPasswordPageProps,
) {
  const { password } = text.fields;
  return (
    <form class="card" method="post" action="/account/password/first">
      <ProblemSummary
        text={text}
        problems={problem ? { password: problem } : {}}
        labels={{ password }}
      />
      <p>{text.password.none}</p>
      <Username email={email} />
      <NewPassword
        text={text}
        label={password}
        minLength={minLength}
        problem={problem}
        assessment={assessment}
        autofocus
      />
      <button type="submit">{text.password.set}</button>
    </form>
  );
}
