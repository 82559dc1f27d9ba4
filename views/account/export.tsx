import type { Features } from "../features.ts";
import { FormProblem } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { AccountLayout } from "./layout.tsx";

interface ExportPageProps {
  text: Text;
  features: Features;
  /** Why no file was made. */
  problem?: "too_often" | undefined;
}

export function ExportPage({ text, features, problem }: ExportPageProps) {
  const { dataExport: words } = text;
  return (
    <AccountLayout text={text} features={features} path="/account/export">
      <h1>{words.title}</h1>
      <form class="card" method="post" action="/account/export">
        {problem && <FormProblem>{words[problem]}</FormProblem>}
        <p>{words.intro}</p>
        <p>{words.without}</p>
        <button type="submit">{words.submit}</button>
      </form>
    </AccountLayout>
  );
}
