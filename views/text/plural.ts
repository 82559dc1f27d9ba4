/** The sentence that goes with a number, by the rules of the language: some have more than two. */
export function plural(
  lang: string,
  count: number,
  sentences: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string },
): string {
  return sentences[new Intl.PluralRules(lang).select(count)] ?? sentences.other;
}
