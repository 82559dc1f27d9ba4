import { EmailStatus } from "../email_status.tsx";
import type { Features } from "../features.ts";
import { Field, FormProblem, LinkEmail, type Problems, ProblemSummary } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { AccountLayout } from "./layout.tsx";

export interface EmailPageProps {
  text: Text;
  features: Features;
  user: { readonly email: string; readonly emailVerified: boolean };
  /** The new address as typed, when it was refused. */
  typed?: string | undefined;
  problems?: Problems<"email">;
  /** Why a link did not move the account. */
  refused?: "taken" | undefined;
}

/** Where a user asks for another address. */
export function EmailPage(props: EmailPageProps) {
  const { text, features, user, typed, problems = {}, refused } = props;
  const { title, current, intro, newEmail, submit } = text.email;
  return (
    <AccountLayout text={text} features={features} path="/account/email">
      <h1>{title}</h1>
      <dl class="card">
        <dt>{current}</dt>
        <dd>
          {user.email} <EmailStatus text={text} user={user} />
        </dd>
      </dl>
      <form class="card" method="post" action="/account/email">
        {refused && <FormProblem>{text.email[refused]}</FormProblem>}
        <ProblemSummary text={text} problems={problems} labels={{ email: newEmail }} />
        <p>{intro}</p>
        <Field
          text={text}
          name="email"
          label={newEmail}
          type="email"
          autocomplete="email"
          enterkeyhint="done"
          value={typed}
          problem={problems.email}
          refused={refused !== undefined}
          autofocus={problems.email !== undefined || refused !== undefined}
        />
        <button type="submit">{submit}</button>
      </form>
    </AccountLayout>
  );
}

interface ConfirmNewEmailPageProps {
  text: Text;
  features: Features;
  /** The address that the link was mailed to. */
  newEmail: string;
}

/** The page behind the link that was mailed to a new address. */
export function ConfirmNewEmailPage({ text, features, newEmail }: ConfirmNewEmailPageProps) {
  const { confirmTitle, confirmIntro, confirmSubmit } = text.email;
  return (
    <AccountLayout text={text} features={features} path="/account/email">
      <h1>{confirmTitle}</h1>
      <form class="card" method="post" action="/account/email/confirm">
        <LinkEmail email={newEmail} />
        <p>{confirmIntro(newEmail)}</p>
        <button type="submit">{confirmSubmit}</button>
      </form>
    </AccountLayout>
  );
}
