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
  value?: string | undefined;
  hint?: string;
  problem?: FieldProblem | undefined;
  autofocus?: boolean;
}

/** A labelled input with its hint, and its problem right beside it. */
export function Field(props: FieldProps) {
  const { text, name, label, type = "text", autocomplete, value, hint, problem } = props;
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(
    " ",
  );
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="input">
        <input
          id={name}
          name={name}
          type={type}
          autocomplete={autocomplete}
          value={value}
          required
          aria-describedby={described || undefined}
          aria-invalid={problem ? "true" : undefined}
          autofocus={props.autofocus}
          spellcheck={type === "text" ? undefined : false}
          autocapitalize={type === "text" ? undefined : "none"}
        />
        {type === "password" && (
          <button type="button" class="reveal" aria-controls={name} aria-pressed="false" hidden>
            {text.fields.showPassword}
          </button>
        )}
      </div>
      {hint && <p class="hint" id={`${name}-hint`}>{hint}</p>}
      {problem && <p class="problem" id={`${name}-problem`}>{text.problems[problem]}</p>}
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
    <div class="field choice">
      <input id={name} name={name} type="checkbox" value="on" checked={checked} />
      <label for={name}>{label}</label>
    </div>
  );
}

/** A sentence about the form as a whole. */
export function FormProblem({ children }: PropsWithChildren) {
  return <p class="problem" role="alert">{children}</p>;
}

/** The first of these fields that has a problem: it gets the focus. */
export function firstProblem<Name extends string>(
  names: Name[],
  problems: Problems<Name>,
): Name | null {
  return names.find((name) => problems[name]) ?? null;
}
