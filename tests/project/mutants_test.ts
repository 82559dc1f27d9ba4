import { deepEqual } from "node:assert/strict";
import { mutants } from "./mutants_list.ts";

Deno.test("every fault that `deno task mutants` plants can still be planted", async () => {
  const gone: string[] = [];
  for (const { fault, file, find } of mutants) {
    const text = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    if (text.split(find).length !== 2) gone.push(fault);
  }
  deepEqual(gone, []);
});
