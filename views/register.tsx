import { Field, firstProblem, FormProblem, type Problems } from "./form.tsx";
import type { Text } from "./text/en.ts";

interface RegisterPageProps {
  text: Text;
  minLength: number;
  input?: { readonly name?: string | undefined; readonly email?: string | undefined };
  problems?: Problems<"name" | "email" | "password">;
}

export function RegisterPage({ text, minLength, input = {}, problems = {} }: RegisterPageProps) {
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
        <Field
          text={text}
          name="password"
          label={text.fields.newPassword}
          type="password"
          autocomplete="new-password"
          hint={text.fields.newPasswordHint(minLength)}
          problem={problems.password}
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
