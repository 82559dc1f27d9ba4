import { Field, firstProblem, FormProblem, type Problems, Username } from "./form.tsx";
import type { Text } from "./text/en.ts";

interface PasswordPageProps {
  text: Text;
  user: { readonly email: string };
  minLength: number;
  problems?: Problems<"current_password" | "password">;
}

export function PasswordPage({ text, user, minLength, problems = {} }: PasswordPageProps) {
  const first = firstProblem(["current_password", "password"], problems);
  return (
    <>
      <h1>{text.password.title}</h1>
      <form method="post" action="/account/password">
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
        <Field
          text={text}
          name="password"
          label={text.fields.chosenPassword}
          type="password"
          autocomplete="new-password"
          hint={text.fields.newPasswordHint(minLength)}
          problem={problems.password}
          autofocus={first === "password"}
        />
        <button type="submit">{text.password.submit}</button>
      </form>
    </>
  );
}
