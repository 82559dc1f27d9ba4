import type { CodeKind } from "../lib/credential/factor_code.ts";
import type { Factor } from "../lib/credential/second_factor.ts";
import { Field, FormProblem, type Problems, ProblemSummary } from "./form.tsx";
import { PasskeyForm } from "./passkey.tsx";
import type { FieldProblem, Text } from "./text/en.ts";

/** What is wrong with what was sent; without a kind, nobody can tell from its characters. */
export interface FactorProblem {
  readonly kind: CodeKind | "passkey" | null;
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

/** Asks for a second factor: a passkey, a code of the app, or else a recovery code. */
export function FactorForms(props: FactorFormsProps) {
  const { text, factors, problem } = props;
  const hasTotp = factors.includes("otp");
  const hasPasskey = factors.includes("hwk");
  const first = hasTotp ? "totp" : hasPasskey ? "passkey" : "recovery_code";
  const chosen = problem?.kind ?? first;
  const isOpen = chosen === "recovery_code" || problem?.word === "totp_unreadable";
  const problemOf = (kind: CodeKind) => problem && kind === chosen ? problem.word : undefined;
  return (
    <>
      {hasPasskey && <PasskeyCard {...props} />}
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
          autofocus={chosen === "recovery_code"}
        />
      </details>
    </>
  );
}

function PasskeyCard({ text, action, next, problem }: FactorFormsProps) {
  const { intro, submit, wrong, unavailable } = text.secondFactor.passkey;
  return (
    <>
      <p class="hint" data-passkey-never="">{unavailable}</p>
      <PasskeyForm text={text} action={action} use="get" class="card">
        {problem?.kind === "passkey" && <FormProblem>{wrong}</FormProblem>}
        <p>{intro}</p>
        {next && <input type="hidden" name="next" value={next} />}
        <button type="submit">{submit}</button>
      </PasskeyForm>
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
