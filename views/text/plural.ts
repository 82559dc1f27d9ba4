import { memo } from "../../lib/login/memo.ts";

const rulesOf = memo((lang: string) => new Intl.PluralRules(lang), 10);

/** The sentence for a number, by the plural rules of the language. */
export function plural(
  lang: string,
  count: number,
  sentences: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string },
): string {
  return sentences[rulesOf(lang).select(count)] ?? sentences.other;
}
