import type { PasswordAssessment } from "../lib/credential/password_policy.ts";
import { assetPath } from "./assets.ts";
import { Field } from "./form.tsx";
import type { FieldProblem, Text } from "./text/en.ts";

interface NewPasswordProps {
  text: Text;
  label: string;
  minLength: number;
  problem?: FieldProblem | undefined;
  /** The assessment of the password that was sent last. */
  assessment?: PasswordAssessment | undefined;
  autofocus?: boolean;
}

/** A field to choose a password. Its script shows the server's assessment while typing. */
export function NewPassword(props: NewPasswordProps) {
  const { text, label, minLength, problem, assessment, autofocus } = props;
  return (
    <Field
      text={text}
      name="password"
      label={label}
      type="password"
      autocomplete="new-password"
      enterkeyhint="done"
      hintId="password-hint"
      problem={problem}
      autofocus={autofocus ?? false}
    >
      <div class="strength">
        <meter
          id="password-strength"
          aria-label={text.strength.label}
          min="0"
          max="4"
          low={2}
          high={3}
          optimum={4}
          value={String(assessment?.score ?? 0)}
          hidden={!assessment}
        >
        </meter>
        <p class="hint" id="password-hint">{text.fields.newPasswordHint(minLength)}</p>
        <p class="hint" id="password-advice" data-tip={text.strength.tip}>
          {assessment
            ? strengthWords(text, problem ? { ...assessment, problem: null } : assessment)
            : text.strength.tip}
        </p>
      </div>
      <div class="suggest">
        <button type="button" class="secondary small" id="password-suggest" hidden>
          {text.strength.suggest}
        </button>
        <button
          type="button"
          class="secondary small"
          id="password-copy"
          data-copied={text.strength.copied}
          hidden
        >
          {text.strength.copy}
        </button>
      </div>
      <script type="module" src={assetPath("new_password.js")}></script>
    </Field>
  );
}

/** How strong a password is, and then either why it is refused or how to improve it. */
export function strengthWords(text: Text, { score, problem, advice }: PasswordAssessment): string {
  const more = problem
    ? [text.problems[problem]]
    : advice.map((word) => text.strength.advice[word]);
  return [text.strength.scores[score], ...more].join(" ");
}
