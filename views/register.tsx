import type { PasswordJudgement } from "../lib/account/password_policy.ts";
import { Field, firstProblem, FormProblem, type Problems } from "./form.tsx";
import { NewPassword } from "./new_password.tsx";
import type { Text } from "./text/en.ts";

export interface RegisterPageProps {
  text: Text;
  minLength: number;
  input?: { readonly name?: string | undefined; readonly email?: string | undefined };
  problems?: Problems<"name" | "email" | "password">;
  judgement?: PasswordJudgement | undefined;
}

export function RegisterPage(props: RegisterPageProps) {
  const { text, minLength, input = {}, problems = {}, judgement } = props;
  const first = firstProblem(["name", "email", "password"], problems);
  return (
    <>
      <h1>{text.register.title}</h1>
      <form method="post" action="/register">
        {first && <FormProblem>{text.formHasProblems}</FormProblem>}
        <Field
          text={text}
          name="name"
          label={text.fields.name}
          autocomplete="name"
          value={input.name}
          problem={problems.name}
          autofocus={first === "name" || first === null}
        />
        <Field
          text={text}
          name="email"
          label={text.fields.email}
          type="email"
          autocomplete="username"
          value={input.email}
          problem={problems.email}
          autofocus={first === "email"}
        />
        <NewPassword
          text={text}
          label={text.fields.newPassword}
          minLength={minLength}
          problem={problems.password}
          judgement={judgement}
          autofocus={first === "password"}
        />
        <button type="submit">{text.register.submit}</button>
      </form>
      <p>
        {text.register.instead} <a href="/login">{text.nav.logIn}</a>
      </p>
    </>
  );
}
