import type { PasswordAssessment } from "../lib/credential/password_policy.ts";
import type { Factor } from "../lib/credential/second_factor.ts";
import {
  Field,
  firstProblem,
  FormProblem,
  type Problems,
  ProblemSummary,
  Username,
} from "./form.tsx";
import { NewPassword } from "./new_password.tsx";
import type { Text } from "./text/en.ts";

export interface PasswordResetPageProps {
  text: Text;
  /** The address as typed, or the user's own. */
  email?: string | undefined;
  /** Whether others may know the user's password: it has to be replaced. */
  isCompromised?: boolean;
  problems?: Problems<"email">;
}

/** Sends the link to choose a new password. */
export function PasswordResetPage(props: PasswordResetPageProps) {
  const { text, email, isCompromised, problems = {} } = props;
  return (
    <div class="auth narrow">
      <h1>{text.passwordReset.title}</h1>
      <form class="card" method="post" action="/password-reset">
        {isCompromised && <FormProblem>{text.flash.password_compromised}</FormProblem>}
        <ProblemSummary text={text} problems={problems} labels={{ email: text.fields.email }} />
        <p>{text.passwordReset.intro}</p>
        <Field
          text={text}
          name="email"
          label={text.fields.email}
          type="email"
          autocomplete="username"
          enterkeyhint="go"
          value={email}
          problem={problems.email}
          autofocus
        />
        <button type="submit">{text.passwordReset.submit}</button>
      </form>
      <p>
        <a href="/login">{text.login.title}</a>
      </p>
    </div>
  );
}

export interface NewPasswordPageProps {
  text: Text;
  /** The address of the account that the link is for. */
  email: string;
  minLength: number;
  /** The factors of which one has to be proved. */
  factors: readonly Factor[];
  problems?: Problems<"password" | "code">;
  assessment?: PasswordAssessment | undefined;
}

/** The page behind the link. */
export function NewPasswordPage(props: NewPasswordPageProps) {
  const { text, email, minLength, factors, problems = {}, assessment } = props;
  const { newPassword } = text.fields;
  const { recovery_code, eitherHint, recoveryHint } = text.secondFactor;
  const hasTotp = factors.includes("otp");
  const labels = {
    code: hasTotp ? text.fields.code : recovery_code.label,
    password: newPassword,
  };
  return (
    <div class="auth narrow">
      <h1>{text.passwordReset.newTitle}</h1>
      <form class="card" method="post" action="/password-reset/new">
        <ProblemSummary text={text} problems={problems} labels={labels} />
        <p>{text.passwordReset.newIntro(email)}</p>
        <Username email={email} />
        {factors.length > 0 && (
          <Field
            text={text}
            name="code"
            label={labels.code}
            autocomplete="one-time-code"
            hintId="code-hint"
            problem={problems.code}
            autofocus={firstProblem(labels, problems) !== "password"}
          >
            <p class="hint" id="code-hint">{hasTotp ? eitherHint : recoveryHint}</p>
          </Field>
        )}
        <NewPassword
          text={text}
          label={newPassword}
          minLength={minLength}
          problem={problems.password}
          assessment={assessment}
          autofocus={factors.length === 0 || firstProblem(labels, problems) === "password"}
        />
        <button type="submit">{text.passwordReset.save}</button>
      </form>
    </div>
  );
}
