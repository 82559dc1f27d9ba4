import type { PropsWithChildren } from "hono/jsx";
import type { FieldProblem, Text } from "./text/en.ts";

/** The problem of each field, by the field's name. */
export type Problems<Name extends string = string> = Partial<Record<Name, FieldProblem>>;

interface FieldProps {
  text: Text;
  name: string;
  label: string;
  type?: "text" | "email" | "password";
  autocomplete: string;
  /** The label of Enter on a phone's keyboard; "next" unless this is the last field. */
  enterkeyhint?: "next" | "go" | "done";
  value?: string | undefined;
  /** The id of a hint among the children. */
  hintId?: string;
  problem?: FieldProblem | undefined;
  /** Makes screen readers read the form's problem with this field. */
  refused?: boolean | undefined;
  autofocus?: boolean;
}

/** A labelled input with its problem and its hint. */
export function Field(props: PropsWithChildren<FieldProps>) {
  const { text, name, label, type = "text", autocomplete, value, problem } = props;
  const descriptions = [
    props.refused && formProblemId,
    props.hintId,
    problem && `${name}-problem`,
  ].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label id={`${name}-label`} for={name}>{label}</label>
      <div class="input">
        <input
          id={name}
          name={name}
          type={type}
          autocomplete={autocomplete}
          inputmode={type === "email" ? "email" : undefined}
          enterkeyhint={props.enterkeyhint ?? "next"}
          value={value}
          required
          aria-describedby={descriptions || undefined}
          aria-invalid={problem ? "true" : undefined}
          autofocus={props.autofocus}
          dir={type === "text" ? "auto" : undefined}
          spellcheck={type === "text" ? undefined : false}
        />
        {type === "password" && (
          <button
            type="button"
            class="reveal"
            aria-controls={name}
            aria-describedby={`${name}-label`}
            aria-pressed="false"
            hidden
          >
            {text.fields.showPassword}
          </button>
        )}
      </div>
      {problem && <p class="problem" id={`${name}-problem`}>{text.problems[problem]}</p>}
      {props.children}
    </div>
  );
}

/** Tells password managers whose password it is, in a form that has no address field. */
export function Username({ email }: { email: string }) {
  return <input type="email" name="email" value={email} autocomplete="username" readonly hidden />;
}

interface CheckboxProps {
  name: string;
  label: string;
  checked?: boolean;
}

export function Checkbox({ name, label, checked }: CheckboxProps) {
  return (
    <div class="field checkbox">
      <input id={name} name={name} type="checkbox" value="on" checked={checked} />
      <label for={name}>{label}</label>
    </div>
  );
}

const formProblemId = "form-problem";

/** A problem of the form as a whole. */
export function FormProblem({ children }: PropsWithChildren) {
  return (
    <div class="summary" id={formProblemId}>
      <p>{children}</p>
    </div>
  );
}

interface ProblemSummaryProps<Name extends string> {
  text: Text;
  problems: Problems<Name>;
  /** The labels of the fields, in the order of the form. */
  labels: Record<Name, string>;
}

/** The problems of all fields, each with a link to its field. */
export function ProblemSummary<Name extends string>(props: ProblemSummaryProps<Name>) {
  const { text, problems, labels } = props;
  const names = (Object.keys(labels) as Name[]).filter((name) => problems[name]);
  if (names.length === 0) return null;
  return (
    <section class="summary" aria-labelledby="summary">
      <h2 id="summary">{text.problemCount(names.length)}</h2>
      <ul>
        {names.map((name) => (
          <li>
            <a href={`#${name}`}>{labels[name]}</a>: {text.problems[problems[name] as FieldProblem]}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The field to focus: the first of these that has a problem. */
export function firstProblem<Name extends string>(
  names: Name[],
  problems: Problems<Name>,
): Name | null {
  return names.find((name) => problems[name]) ?? null;
}
