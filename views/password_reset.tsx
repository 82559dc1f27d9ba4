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
import { PasskeyPart } from "./passkey.tsx";
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
  isPasskeyRefused?: boolean;
  assessment?: PasswordAssessment | undefined;
}

const newPath = "/password-reset/new";

/** The page behind the link. */
export function NewPasswordPage(props: NewPasswordPageProps) {
  const { text, email, factors, problems = {} } = props;
  const hasPasskey = factors.includes("hwk");
  const labels = labelsOf(props);
  const needsCode = factors.length > 0 && !hasPasskey;
  const startsWithCode = needsCode && firstProblem(labels, problems) !== "password";
  return (
    <div class="auth narrow">
      <h1>{text.passwordReset.newTitle}</h1>
      <form class="card" method="post" action={newPath}>
        {props.isPasskeyRefused && <FormProblem>{text.secondFactor.passkey.wrong}</FormProblem>}
        <ProblemSummary text={text} problems={problems} labels={labels} />
        <p>{text.passwordReset.newIntro(email)}</p>
        <Username email={email} />
        {needsCode && <CodeField {...props} autofocus={startsWithCode} />}
        <NewPassword
          text={text}
          label={labels.password}
          minLength={props.minLength}
          problem={problems.password}
          assessment={props.assessment}
          autofocus={!startsWithCode && !problems.code}
        />
        {hasPasskey ? <PasskeyOrCode {...props} /> : <SaveButton text={text} />}
      </form>
    </div>
  );
}

/** A passkey's button first; a code is the other way. */
function PasskeyOrCode(props: NewPasswordPageProps) {
  const { text, factors, problems } = props;
  const { unavailable } = text.secondFactor.passkey;
  const isOpen = factors.includes("otp") || problems?.code !== undefined;
  return (
    <>
      <p class="hint" data-passkey-never="">{unavailable}</p>
      <PasskeyPart text={text} action={newPath} use="get">
        <button type="button">{text.passwordReset.saveByPasskey}</button>
      </PasskeyPart>
      <details class="other-way" open={isOpen}>
        <summary>{text.passwordReset.useCode}</summary>
        <CodeField {...props} autofocus={problems?.code !== undefined} />
        <SaveButton text={text} />
      </details>
    </>
  );
}

/**
 * It may stay empty where a passkey can be used instead. Recovery codes have letters, so it asks for
 * no keyboard of digits.
 */
function CodeField(props: NewPasswordPageProps & { autofocus: boolean }) {
  const { text, factors, problems, autofocus } = props;
  const { eitherHint, recoveryHint } = text.secondFactor;
  return (
    <Field
      text={text}
      name="code"
      label={labelsOf(props).code}
      autocomplete={factors.includes("otp") ? "one-time-code" : "off"}
      hintId="code-hint"
      required={!factors.includes("hwk")}
      problem={problems?.code}
      autofocus={autofocus}
    >
      <p class="hint" id="code-hint">{factors.includes("otp") ? eitherHint : recoveryHint}</p>
    </Field>
  );
}

function SaveButton({ text }: { text: Text }) {
  return <button type="submit">{text.passwordReset.save}</button>;
}

function labelsOf({ text, factors }: NewPasswordPageProps) {
  const { code, newPassword } = text.fields;
  return {
    code: factors.includes("otp") ? code : text.secondFactor.recovery_code.label,
    password: newPassword,
  };
}
