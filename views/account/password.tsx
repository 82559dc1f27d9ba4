import type { PasswordAssessment } from "../../lib/credential/password_policy.ts";
import { AccountLayout } from "./layout.tsx";
import {
  Field,
  firstProblem,
  FormProblem,
  type Problems,
  ProblemSummary,
  Username,
} from "../form.tsx";
import { NewPassword } from "../new_password.tsx";
import type { Features } from "../features.ts";
import type { Text } from "../text/en.ts";

export interface PasswordPageProps {
  text: Text;
  features: Features;
  user: { readonly email: string; readonly passwordCompromised: boolean };
  minLength: number;
  /** How many stay, whatever the new password is. */
  apiTokens: number;
  problems?: Problems<"current_password" | "password">;
  assessment?: PasswordAssessment | undefined;
}

export function PasswordPage(props: PasswordPageProps) {
  const { text, features, user, minLength, apiTokens, problems = {}, assessment } = props;
  const { currentPassword, newPassword } = text.fields;
  const labels = { current_password: currentPassword, password: newPassword };
  const first = firstProblem(labels, problems);
  return (
    <AccountLayout text={text} features={features} path="/account/password">
      <h1>{text.password.title}</h1>
      <form class="card" method="post" action="/account/password">
        {user.passwordCompromised && <FormProblem>{text.password.compromised}</FormProblem>}
        <ProblemSummary text={text} problems={problems} labels={labels} />
        <Username email={user.email} />
        <Field
          text={text}
          name="current_password"
          label={currentPassword}
          type="password"
          autocomplete="current-password"
          problem={problems.current_password}
          autofocus={first === "current_password" || first === null}
        />
        <NewPassword
          text={text}
          label={newPassword}
          minLength={minLength}
          problem={problems.password}
          assessment={assessment}
          autofocus={first === "password"}
        />
        {apiTokens > 0 && (
          <p>
            {text.apiTokens.stay(apiTokens)}{" "}
            <a href="/account/api-tokens">{text.apiTokens.toTokens}</a>
          </p>
        )}
        <button type="submit">{text.password.submit}</button>
      </form>
    </AccountLayout>
  );
}
