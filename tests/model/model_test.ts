import { runModel } from "./run.ts";

Deno.test("whatever people do, in whatever order, comes to what they may expect [REL-R7] [REL-P6] [REL-P11]", async () => {
  await runModel(100, 20261122);
});
