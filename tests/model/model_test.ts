import { runFactorModel, runModel } from "./run.ts";

Deno.test("random histories of people, time and faults match the model [REL-R7] [REL-P6] [REL-P11]", async () => {
  await runModel(100, 20261122);
});

Deno.test("no random history logs in somebody with a second factor before it is proved [SEC-C14] [SEC-I10]", async () => {
  await runFactorModel(40, 20261127);
});
