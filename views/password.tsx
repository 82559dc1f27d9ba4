import type { PasswordJudgement } from "../lib/account/password_policy.ts";
import { Field, firstProblem, FormProblem, type Problems, Username } from "./form.tsx";
import { NewPassword } from "./new_password.tsx";
import type { Text } from "./text/en.ts";

export interface PasswordPageProps {
  text: Text;
  user: { readonly email: string; readonly passwordCompromised: boolean };
  minLength: number;
  problems?: Problems<"current_password" | "password">;
  judgement?: PasswordJudgement | undefined;
}

export function PasswordPage(props: PasswordPageProps) {
  const { text, user, minLength, problems = {}, judgement } = props;
  const first = firstProblem(["current_password", "password"], problems);
  return (
    <>
      <h1>{text.password.title}</h1>
      <form method="post" action="/account/password">
        {user.passwordCompromised && <FormProblem>{text.password.compromised}</FormProblem>}
        {first && <FormProblem>{text.formHasProblems}</FormProblem>}
        <Username email={user.email} />
        <Field
          text={text}
          name="current_password"
          label={text.fields.currentPassword}
          type="password"
          autocomplete="current-password"
          problem={problems.current_password}
          autofocus={first === "current_password" || first === null}
        />
        <NewPassword
          text={text}
          label={text.fields.chosenPassword}
          minLength={minLength}
          problem={problems.password}
          judgement={judgement}
          autofocus={first === "password"}
        />
        <button type="submit">{text.password.submit}</button>
      </form>
    </>
  );
}
