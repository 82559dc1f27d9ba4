import { deepEqual, equal } from "node:assert/strict";
import { maskText, mutate, mutationsOf } from "./mutator.ts";

/** Each fault that can be planted in a line, as the line would read. */
function faults(line: string): string[] {
  return mutationsOf(line).map((mutation) => mutate(line, mutation));
}

Deno.test("comparisons, logic and arithmetic change", () => {
  deepEqual(faults("age < limit && count + 1 === most"), [
    "age <= limit && count + 1 === most",
    "age >= limit && count + 1 === most",
    "age < limit || count + 1 === most",
    "age < limit && count - 1 === most",
    "age < limit && count + 1 !== most",
  ]);
  deepEqual(faults("this.#count++;"), ["this.#count--;"]);
});

Deno.test("conditions are negated, and negations dropped", () => {
  deepEqual(faults("if (!isOpen(door)) close();"), [
    "if (!(!isOpen(door))) close();",
    "if (isOpen(door)) close();",
  ]);
});

Deno.test("an await is dropped, but not where that makes no difference", () => {
  deepEqual(faults("await store.commit(change);"), ["store.commit(change);"]);
  deepEqual(faults("return await find(); for await (const it of list) {}"), []);
});

Deno.test("a function returns early what its type allows", () => {
  deepEqual(faults("function find(id: string): Promise<User | null> {\n"), [
    "function find(id: string): Promise<User | null> { return null;\n",
  ]);
  deepEqual(faults("isOpen(): boolean {\n"), [
    "isOpen(): boolean { return true;\n",
    "isOpen(): boolean { return false;\n",
  ]);
  deepEqual(faults("async (c, next) => {\n"), ["async (c, next) => { return next();\n"]);
  deepEqual(faults("find(id: string): User {\n"), []);
});

Deno.test("types, texts, comments and regular expressions stay as they are", () => {
  deepEqual(faults('import * as all from "a < b"; // a < b'), []);
  deepEqual(faults("const kept: Map<string, A & B>[] = /a < b/; /* a < b */"), []);
  deepEqual(faults("`a < b ${c < `d < e ${{ f: '}' }} < g`} < h`"), [
    "`a < b ${c <= `d < e ${{ f: '}' }} < g`} < h`",
    "`a < b ${c >= `d < e ${{ f: '}' }} < g`} < h`",
  ]);
});

Deno.test("masking keeps every line in its place", () => {
  const source = 'const a = "x"; /* one\ntwo */ const b = `\n${a}\n`;';

  equal(maskText(source).length, source.length);
  deepEqual(maskText(source).match(/\n/g)?.length, 3);
});
