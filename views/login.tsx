import {
  Checkbox,
  Field,
  firstProblem,
  FormProblem,
  type Problems,
  ProblemSummary,
} from "./form.tsx";
import type { Features } from "./features.ts";
import type { Text } from "./text/en.ts";
import { withNext } from "./with_next.ts";

export interface LoginPageProps {
  text: Text;
  features: Features;
  /** Where to go after login. The route validates it when it redirects. */
  next?: string | undefined;
  input?: { readonly email?: string | undefined; readonly remember?: boolean };
  problems?: Problems<"email" | "password">;
  refused?: boolean;
}

export function LoginPage(props: LoginPageProps) {
  const { text, features, next, input = {}, problems = {}, refused } = props;
  const { email, password } = text.fields;
  const labels = { email, password };
  const first = firstProblem(labels, problems);
  return (
    <div class="auth narrow">
      <h1>{text.login.title}</h1>
      <form class="card" method="post" action="/login">
        {refused && <FormProblem>{text.login.refused}</FormProblem>}
        <ProblemSummary text={text} problems={problems} labels={labels} />
        {next && <input type="hidden" name="next" value={next} />}
        <Field
          text={text}
          name="email"
          label={email}
          type="email"
          autocomplete="username"
          value={input.email}
          problem={problems.email}
          autofocus={first === "email" || (first === null && !refused)}
        />
        <Field
          text={text}
          name="password"
          label={password}
          type="password"
          autocomplete="current-password"
          enterkeyhint="go"
          problem={problems.password}
          refused={refused}
          autofocus={first === "password" || refused === true}
        />
        <Checkbox name="remember" label={text.fields.remember} checked={input.remember ?? false} />
        <button type="submit">{text.login.submit}</button>
      </form>
      {features.mail && (
        <p>
          <a href="/password-reset">{text.login.forgotPassword}</a>
        </p>
      )}
      {features.loginByMail && (
        <p>
          <a href={withNext("/login/link", next)}>{text.loginLink.instead}</a>
        </p>
      )}
      <p>
        {text.login.noAccount} <a href="/register">{text.nav.register}</a>
      </p>
    </div>
  );
}
