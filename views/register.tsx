import type { PasswordAssessment } from "../lib/credential/password_policy.ts";
import type { Features } from "./features.ts";
import { Field, firstProblem, type Problems, ProblemSummary } from "./form.tsx";
import { NewPassword } from "./new_password.tsx";
import { ProviderButtons } from "./provider_buttons.tsx";
import type { Text } from "./text/en.ts";

export interface RegisterPageProps {
  text: Text;
  features: Features;
  minLength: number;
  input?: { readonly name?: string | undefined; readonly email?: string | undefined };
  problems?: Problems<"name" | "email" | "password">;
  assessment?: PasswordAssessment | undefined;
  /** The name of the provider that this browser logged in with last. */
  lastProvider?: string | null;
}

export function RegisterPage(props: RegisterPageProps) {
  const { text, features, minLength, input = {}, problems = {}, assessment } = props;
  const { name, email, password } = text.fields;
  const labels = { name, email, password };
  const first = firstProblem(labels, problems);
  return (
    <div class="auth narrow">
      <h1>{text.register.title}</h1>
      <form class="card" method="post" action="/register">
        <ProblemSummary text={text} problems={problems} labels={labels} />
        <Field
          text={text}
          name="name"
          label={name}
          autocomplete="name"
          value={input.name}
          problem={problems.name}
          autofocus={first === "name" || first === null}
        />
        <Field
          text={text}
          name="email"
          label={email}
          type="email"
          autocomplete="username"
          value={input.email}
          problem={problems.email}
          autofocus={first === "email"}
        />
        <NewPassword
          text={text}
          label={password}
          minLength={minLength}
          problem={problems.password}
          assessment={assessment}
          autofocus={first === "password"}
        />
        <button type="submit">{text.register.submit}</button>
      </form>
      <ProviderButtons
        text={text}
        providers={features.providers}
        last={props.lastProvider ?? null}
      />
      <p>
        {text.register.haveAccount} <a href="/login">{text.nav.logIn}</a>
      </p>
    </div>
  );
}
