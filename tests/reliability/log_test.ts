import { deepEqual, equal, ok } from "node:assert/strict";
import { LogWriter } from "../../lib/log/writer.ts";
import { flows } from "../support/flows.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";
import { TestWorld } from "../support/world.ts";

const throwing = {
  write(): boolean {
    throw new Error("No space left on device");
  },
};

for (const flow of flows) {
  Deno.test(`${flow.name} works while the log throws, and while it hangs [REL-R5]`, async () => {
    const answerOf = async (world: TestWorld) => {
      const { browser, act } = await flow.prepare(world);
      const answer = await act(browser);
      await flow.verify(browser, world);
      return [answer.status, answer.headers.get("location")];
    };
    const hanging = new LogWriter({ write: () => new Promise(() => {}) });
    await using sound = await TestWorld.create();
    await using first = await TestWorld.create({ logOutput: throwing });
    await using second = await TestWorld.create({ logOutput: hanging });

    const planned = await answerOf(sound);
    deepEqual(await answerOf(first), planned);
    deepEqual(await answerOf(second), planned);
    await hanging.flush(0);
  });
}

/** Asks for a page this many times, and counts the answers with status 200. */
async function visit(server: Server, times: number): Promise<number> {
  const headers = { "user-agent": "x".repeat(256) };
  let answered = 0;
  const visitOften = async () => {
    while (times-- > 0) {
      const answer = await fetch(`${server.origin}/login`, { headers });
      await answer.body?.cancel();
      if (answer.status === 200) answered++;
    }
  };
  await Promise.all(Array.from({ length: 20 }, visitOften));
  return answered;
}

/** A pipe that nobody reads yet. */
async function makePipe(path: string): Promise<string> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  ok(success);
  return path;
}

Deno.test("with the log on a full disk every page works, and the process ends with 0", async () => {
  await using server = await Server.create();
  server.stdout = "/dev/full";
  await server.start();

  const registered = await server.post("/register", { ...ann });
  deepEqual([registered.status, registered.headers.get("location")], [303, "/profile"]);
  equal((await server.post("/login", { ...ann, password: "not hers" })).status, 422);
  equal(
    (await fetch(`${server.origin}/nowhere`).then((it) => (it.body?.cancel(), it))).status,
    404,
  );
  equal((await server.stop()).code, 0);
});

Deno.test("a log that nobody reads stops no request, and SIGTERM ends the process", async () => {
  await using server = await Server.create();
  server.stdout = await makePipe(`${server.folder}/log`);
  await server.start();

  equal(await visit(server, 2000), 2000);
  equal((await server.stop()).code, 0);
});

Deno.test("a log that is read too late says how many lines are missing", async () => {
  await using server = await Server.create();
  server.stdout = await makePipe(`${server.folder}/log`);
  await server.start();
  equal(await visit(server, 2500), 2500);

  const reading = Deno.readTextFile(server.stdout);
  await server.stop();
  const lines = (await reading).trim().split("\n").map((line) => JSON.parse(line));
  const requests = lines.filter(({ event }) => event === "request").length;
  const dropped = lines.filter(({ reason }) => reason === "not_written");
  equal(lines.at(-1).event, "sys_shutdown");
  ok(dropped.length > 0);
  equal(dropped.reduce((sum, { count }) => sum + count, requests), 2500);
});
