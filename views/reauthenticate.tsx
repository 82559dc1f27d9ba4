import { Field, FormProblem, type Problems, Username } from "./form.tsx";
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
    <>
      <h1>{text.reauthenticate.title}</h1>
      <form method="post" action="/reauthenticate">
        <p>{text.reauthenticate.intro(user.email)}</p>
        {refused && <FormProblem>{text.reauthenticate.refused}</FormProblem>}
        {next && <input type="hidden" name="next" value={next} />}
        <Username email={user.email} />
        <Field
          text={text}
          name="password"
          label={text.fields.password}
          type="password"
          autocomplete="current-password"
          problem={problems.password}
          autofocus
        />
        <button type="submit">{text.reauthenticate.submit}</button>
      </form>
    </>
  );
}
