import { AccountLayout } from "./layout.tsx";
import { Field, FormProblem, type Problems, ProblemSummary } from "../form.tsx";
import type { Features } from "../features.ts";
import type { Text } from "../text/en.ts";

export interface DeletionPageProps {
  text: Text;
  features: Features;
  user: { readonly email: string };
  typed?: string | undefined;
  problems?: Problems<"email">;
  /** Why the account stays. */
  refusal?: "last_admin";
}

export function DeletionPage(
  { text, features, user, typed, problems = {}, refusal }: DeletionPageProps,
) {
  return (
    <AccountLayout text={text} features={features} path="/account/delete">
      <h1>{text.deletion.title}</h1>
      <form class="card danger-zone" method="post" action="/account/delete">
        <ProblemSummary text={text} problems={problems} labels={{ email: text.fields.email }} />
        {refusal && <FormProblem>{text.deletion[refusal]}</FormProblem>}
        <p>{text.deletion.warning}</p>
        <Field
          text={text}
          name="email"
          label={text.deletion.confirm(user.email)}
          type="email"
          autocomplete="off"
          enterkeyhint="done"
          value={typed}
          problem={problems.email}
          autofocus={problems.email !== undefined}
        />
        <button type="submit" class="danger">{text.deletion.submit}</button>
      </form>
    </AccountLayout>
  );
}
