import type { Factor } from "../../lib/credential/second_factor.ts";
import { FactorForms, type FactorProblem } from "../factor_forms.tsx";
import type { Text } from "../text/en.ts";

interface SecondFactorPageProps {
  text: Text;
  /** The factors that the user enrolled. */
  factors: readonly Factor[];
  problem?: FactorProblem;
}

/** The second step of a login. */
export function SecondFactorPage({ text, ...forms }: SecondFactorPageProps) {
  return (
    <div class="auth narrow">
      <h1>{text.secondFactor.title}</h1>
      <FactorForms text={text} action="/login/second-factor" {...forms} />
      <p class="hint">{text.secondFactor.allLost}</p>
      <p>
        <a href="/login">{text.secondFactor.startAgain}</a>
      </p>
    </div>
  );
}
