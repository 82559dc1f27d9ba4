import type { PropsWithChildren } from "hono/jsx";
import { assetPath } from "./assets.ts";
import type { FieldProblem, Text } from "./text/en.ts";

/** The problem of each field, by the field's name. */
export type Problems<Name extends string = string> = Partial<Record<Name, FieldProblem>>;

interface FieldProps {
  text: Text;
  /** The name, unless another field of the page has the same one. */
  id?: string;
  name: string;
  label: string;
  type?: "text" | "email" | "password" | "tel" | "date";
  /** False for a field that may stay empty. */
  required?: boolean;
  autocomplete: string;
  /** The keyboard of a phone, where the type does not tell. */
  inputmode?: "numeric";
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
  const { text, name, id = name, label, type = "text", autocomplete, value, problem } = props;
  const isEmail = type === "email";
  const descriptions = [
    props.refused && formProblemId,
    props.hintId,
    problem && `${id}-problem`,
  ].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label id={`${id}-label`} for={id}>{label}</label>
      <div class="input">
        <input
          id={id}
          name={name}
          // Browsers refuse addresses in type=email that the server accepts, such as günther@….
          type={isEmail ? "text" : type}
          autocomplete={autocomplete}
          inputmode={isEmail ? "email" : props.inputmode}
          autocapitalize={isEmail ? "none" : undefined}
          enterkeyhint={props.enterkeyhint ?? "next"}
          value={value}
          required={props.required ?? true}
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
            aria-controls={id}
            aria-describedby={`${id}-label`}
            data-other-label={text.fields.hidePassword}
            hidden
          >
            {text.fields.showPassword}
          </button>
        )}
      </div>
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          <Sentence text={text} problem={problem} />
        </p>
      )}
      {props.children}
    </div>
  );
}

/** What is wrong with a field, and where to go instead. */
function Sentence({ text, problem }: { text: Text; problem: FieldProblem }) {
  if (problem !== "email_taken") return <>{text.problems[problem]}</>;
  return (
    <>
      {text.problems.email_taken} <a href="/login">{text.register.logInInstead}</a>
    </>
  );
}

/** Tells password managers whose password it is, in a form that has no address field. */
export function Username({ email }: { email: string }) {
  return <input type="text" name="email" value={email} autocomplete="username" readonly hidden />;
}

/** Tells the server which mailed link a page was made for. */
export function LinkEmail({ email }: { email: string }) {
  return <input type="hidden" name="email" value={email} />;
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
  /** The ids of fields whose id is not their name. */
  ids?: Partial<Record<Name, string>>;
}

/** The problems of all fields, each with a link to its field. */
export function ProblemSummary<Name extends string>(props: ProblemSummaryProps<Name>) {
  const { text, problems, labels, ids = {} as Partial<Record<Name, string>> } = props;
  const names = (Object.keys(labels) as Name[]).filter((name) => problems[name]);
  if (names.length === 0) return null;
  return (
    <section class="summary" aria-labelledby="summary">
      <h2 id="summary">{text.problemCount(names.length)}</h2>
      <ul>
        {names.map((name) => (
          <li>
            <a href={`#${ids[name] ?? name}`}>{labels[name]}</a>:{" "}
            <Sentence text={text} problem={problems[name] as FieldProblem} />
          </li>
        ))}
      </ul>
      <script type="module" src={assetPath("problems.js")}></script>
    </section>
  );
}

/** The field to focus: the first that has a problem, in the order of the labels. */
export function firstProblem<Name extends string>(
  labels: Record<Name, string>,
  problems: Problems<Name>,
): Name | null {
  return (Object.keys(labels) as Name[]).find((name) => problems[name]) ?? null;
}
