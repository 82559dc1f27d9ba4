import type { Case } from "./cases.ts";

const file = new URL("corpus.jsonl", import.meta.url);

/** The cases that are kept: past failures, and one for each kind of answer. */
export async function readCorpus(): Promise<Case[]> {
  const text = await Deno.readTextFile(file);
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

export async function keep(cases: readonly Case[]): Promise<void> {
  const lines = cases.map((it) => `${JSON.stringify(it)}\n`).join("");
  await Deno.writeTextFile(file, lines, { append: true });
}
