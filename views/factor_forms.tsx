import type { CodeKind } from "../lib/credential/factor_code.ts";
import type { Factor } from "../lib/credential/second_factor.ts";
import { Field, FormProblem, type Problems, ProblemSummary } from "./form.tsx";
import type { FieldProblem, Text } from "./text/en.ts";

/** What is wrong with the code that was sent; without a kind, nobody can tell from its characters. */
export interface FactorProblem {
  readonly kind: CodeKind | null;
  readonly word: FieldProblem | "wrong";
}

interface FactorFormsProps {
  text: Text;
  /** Where the forms are sent. */
  action: string;
  /** The factors that the user enrolled. */
  factors: readonly Factor[];
  next?: string | undefined;
  problem?: FactorProblem | undefined;
}

/** Asks for a second factor: a code of the app, or else a recovery code. */
export function FactorForms(props: FactorFormsProps) {
  const { text, factors, problem } = props;
  const hasTotp = factors.includes("otp");
  const chosen = problem?.kind ?? (hasTotp ? "totp" : "recovery_code");
  const isOpen = chosen === "recovery_code" || !hasTotp;
  const problemOf = (kind: CodeKind) => problem && kind === chosen ? problem.word : undefined;
  return (
    <>
      {hasTotp && (
        <CodeForm
          {...props}
          kind="totp"
          problem={problemOf("totp")}
          autofocus={chosen === "totp"}
        />
      )}
      <details class="other-way" open={isOpen}>
        <summary>{text.secondFactor.otherWay}</summary>
        <CodeForm
          {...props}
          kind="recovery_code"
          problem={problemOf("recovery_code")}
          autofocus={isOpen}
        />
      </details>
    </>
  );
}

interface CodeFormProps extends Omit<FactorFormsProps, "problem" | "factors"> {
  kind: CodeKind;
  problem: FieldProblem | "wrong" | undefined;
  autofocus: boolean;
}

function CodeForm({ text, action, next, kind, problem, autofocus }: CodeFormProps) {
  const { label, intro, wrong } = text.secondFactor[kind];
  const isWrong = problem === "wrong";
  const problems: Problems<"code"> = problem && !isWrong ? { code: problem } : {};
  return (
    <form class="card" method="post" action={action}>
      {isWrong && <FormProblem>{wrong}</FormProblem>}
      <ProblemSummary
        text={text}
        problems={problems}
        labels={{ code: label }}
        ids={{ code: kind }}
      />
      <p>{intro}</p>
      {next && <input type="hidden" name="next" value={next} />}
      <Field
        text={text}
        id={kind}
        name="code"
        label={label}
        autocomplete={kind === "totp" ? "one-time-code" : "off"}
        {...kind === "totp" ? { inputmode: "numeric" as const } : {}}
        enterkeyhint="go"
        problem={problems.code}
        refused={isWrong}
        autofocus={autofocus}
      />
      <button type="submit">{text.secondFactor.submit}</button>
    </form>
  );
}
