import { deepEqual, equal } from "node:assert/strict";
import { memo } from "../../lib/login/memo.ts";

Deno.test("a result is computed once for each argument, and is that of this argument only", () => {
  const computed: string[] = [];
  const double = memo((text: string) => {
    computed.push(text);
    return text + text;
  }, 10);
  deepEqual(["a", "b", "a", "b", "__proto__"].map(double), [
    "aa",
    "bb",
    "aa",
    "bb",
    "__proto____proto__",
  ]);
  deepEqual(computed, ["a", "b", "__proto__"]);
});

Deno.test("no more results are kept than allowed: then they are computed again", () => {
  let computed = 0;
  const next = memo((number: number) => {
    computed++;
    return number + 1;
  }, 3);
  for (const number of [1, 2, 3, 4]) equal(next(number), number + 1);
  equal(computed, 4);
  equal(next(4), 5);
  equal(computed, 4);
  equal(next(1), 2);
  equal(computed, 5);
});
