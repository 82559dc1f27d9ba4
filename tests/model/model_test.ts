import { runModel } from "./run.ts";

Deno.test("R7 P6 P11 whatever people do, in whatever order, comes to what they may expect", async () => {
  await runModel(100, 20261122);
});
