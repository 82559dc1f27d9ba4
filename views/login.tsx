import {
  Checkbox,
  Field,
  firstProblem,
  FormProblem,
  type Problems,
  ProblemSummary,
} from "./form.tsx";
import { PasskeyForm, PasskeySignal } from "./passkey.tsx";
import type { Features } from "./features.ts";
import { ProviderButtons } from "./provider_buttons.tsx";
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
  /** Why a passkey did not log in. */
  passkeyProblem?: keyof Text["login"]["passkeyProblems"];
  /** The id of a passkey that no account has: the browser need not offer it again. */
  unknownPasskey?: string;
  /** The name of the provider that this browser logged in with last. */
  lastProvider?: string | null;
}

export function LoginPage(props: LoginPageProps) {
  const { text, features, next, input = {}, problems = {}, refused } = props;
  const { passkeyProblem, unknownPasskey, lastProvider = null } = props;
  const { email, password } = text.fields;
  const labels = { email, password };
  const first = firstProblem(labels, problems);
  return (
    <div class="auth narrow">
      <h1>{text.login.title}</h1>
      {passkeyProblem && <FormProblem>{text.login.passkeyProblems[passkeyProblem]}</FormProblem>}
      {unknownPasskey && <PasskeySignal facts={{ credentialId: unknownPasskey }} />}
      <form class="card" method="post" action="/login">
        {refused && <FormProblem>{text.login.refused}</FormProblem>}
        <ProblemSummary text={text} problems={problems} labels={labels} />
        {next && <input type="hidden" name="next" value={next} />}
        <Field
          text={text}
          name="email"
          label={email}
          type="email"
          autocomplete="username webauthn"
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
      <PasskeyForm text={text} action="/login/passkey" use="autofill" class="other-login">
        {next && <input type="hidden" name="next" value={next} />}
        <input type="hidden" name="remember" value="on" disabled />
        <button type="submit" class="secondary">{text.passkey.logIn}</button>
      </PasskeyForm>
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
      <ProviderButtons text={text} providers={features.providers} next={next} last={lastProvider} />
      <p>
        {text.login.noAccount} <a href="/register">{text.nav.register}</a>
      </p>
    </div>
  );
}
