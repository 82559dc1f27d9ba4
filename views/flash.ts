import type { FlashWord, Text } from "./text/en.ts";

/** A message for the next page: a word, and the number in its sentence, where it has one. */
export interface FlashMessage {
  readonly word: FlashWord;
  readonly count: number;
}

export function flashSentence(text: Text, { word, count }: FlashMessage): string {
  const sentence = text.flash[word];
  return typeof sentence === "string" ? sentence : sentence(count);
}
