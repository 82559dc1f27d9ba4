import type { PropsWithChildren } from "hono/jsx";
import type { FieldProblem, Text } from "./text/en.ts";

/** What is wrong, by the name of the field. */
export type Problems<Name extends string = string> = Partial<Record<Name, FieldProblem>>;

interface FieldProps {
  text: Text;
  name: string;
  label: string;
  type?: "text" | "email" | "password";
  autocomplete: string;
  /** What the key at the corner of a phone's keyboard does; "next" where more fields follow. */
  enterkeyhint?: "next" | "go" | "done";
  value?: string | undefined;
  /** Where a hint stands among the children. */
  hintId?: string;
  problem?: FieldProblem | undefined;
  /** Whether what is wrong with the whole form is to be read out with this field. */
  refused?: boolean | undefined;
  autofocus?: boolean;
}

/** A labelled input with its hint, and its problem right beside it. */
export function Field(props: PropsWithChildren<FieldProps>) {
  const { text, name, label, type = "text", autocomplete, value, problem } = props;
  const described = [
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
          aria-describedby={described || undefined}
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

/** Tells password managers whose password a form without an address field is about. */
export function Username({ email }: { email: string }) {
  return <input type="email" name="email" value={email} autocomplete="username" readonly hidden />;
}

interface CheckboxProps {
  name: string;
  label: string;
  checked?: boolean;
}

/** A box to tick, with its label beside it. */
export function Checkbox({ name, label, checked }: CheckboxProps) {
  return (
    <div class="field checkbox">
      <input id={name} name={name} type="checkbox" value="on" checked={checked} />
      <label for={name}>{label}</label>
    </div>
  );
}

const formProblemId = "form-problem";

/** A sentence about the form as a whole. */
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
  /** What the fields are called, in the order of the form. */
  labels: Record<Name, string>;
}

/** All that is wrong, with the way to each field. */
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

/** The first of these fields that has a problem: it gets the focus. */
export function firstProblem<Name extends string>(
  names: Name[],
  problems: Problems<Name>,
): Name | null {
  return names.find((name) => problems[name]) ?? null;
}
