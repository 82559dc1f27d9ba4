import { runModel } from "./run.ts";

Deno.test("random histories of people, time and faults match the model [REL-R7] [REL-P6] [REL-P11]", async () => {
  await runModel(100, 20261122);
});
