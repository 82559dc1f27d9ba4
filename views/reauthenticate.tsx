import { Field, FormProblem, type Problems, ProblemSummary, Username } from "./form.tsx";
import type { Text } from "./text/en.ts";

export interface ReauthenticatePageProps {
  text: Text;
  user: { readonly email: string };
  next?: string | undefined;
  problems?: Problems<"password">;
  refused?: boolean;
}

export function ReauthenticatePage(props: ReauthenticatePageProps) {
  const { text, user, next, problems = {}, refused } = props;
  return (
    <div class="auth narrow">
      <h1>{text.reauthenticate.title}</h1>
      <form class="card" method="post" action="/reauthenticate">
        {refused && <FormProblem>{text.reauthenticate.refused}</FormProblem>}
        <ProblemSummary
          text={text}
          problems={problems}
          labels={{ password: text.fields.password }}
        />
        <p>{text.reauthenticate.intro(user.email)}</p>
        {next && <input type="hidden" name="next" value={next} />}
        <Username email={user.email} />
        <Field
          text={text}
          name="password"
          label={text.fields.password}
          type="password"
          autocomplete="current-password"
          enterkeyhint="go"
          problem={problems.password}
          refused={refused}
          autofocus
        />
        <button type="submit">{text.reauthenticate.submit}</button>
      </form>
    </div>
  );
}
