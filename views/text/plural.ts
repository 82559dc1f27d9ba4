/** The sentence for a number, by the plural rules of the language. */
export function plural(
  lang: string,
  count: number,
  sentences: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string },
): string {
  return sentences[new Intl.PluralRules(lang).select(count)] ?? sentences.other;
}
