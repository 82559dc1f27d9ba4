import type { PasswordAssessment } from "../lib/credential/password_policy.ts";
import { assetPath } from "./assets.ts";
import { Field } from "./form.tsx";
import type { FieldProblem, Text } from "./text/en.ts";

interface NewPasswordProps {
  text: Text;
  label: string;
  minLength: number;
  problem?: FieldProblem | undefined;
  /** What is to be said of the one that was typed last. */
  assessment?: PasswordAssessment | undefined;
  autofocus?: boolean;
}

/** A field to choose a password in. The script says while it is typed what the server says of it. */
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
        <p class="hint" id="password-advice">
          {assessment &&
            strengthWords(text, problem ? { ...assessment, problem: null } : assessment)}
        </p>
      </div>
      <button type="button" class="secondary small" id="password-suggest" hidden>
        {text.strength.suggest}
      </button>
      <script type="module" src={assetPath("new_password.js")}></script>
    </Field>
  );
}

/** What is said of a password: how strong it is, and why it would be refused or what makes it stronger. */
export function strengthWords(text: Text, { score, problem, advice }: PasswordAssessment): string {
  const more = problem
    ? [text.problems[problem]]
    : advice.map((word) => text.strength.advice[word]);
  return [text.strength.scores[score], ...more].join(" ");
}
