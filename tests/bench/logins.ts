/**
 * Logins a second, and what a storm of them does to everybody else. The load is bounded in count and time, and
 * goes to a server of its own on this machine.
 */
import { ann } from "../support/people.ts";
import { quantile, RunningServer, timed, write } from "./running_server.ts";

const loginClients = 32;
/** All at once. */
const crowdSize = 200;
/** In milliseconds. */
const stormFor = 8000;

async function measure(hashing: "worker" | "main"): Promise<string> {
  await using server = await RunningServer.start(hashing);
  const people = Array.from({ length: loginClients }, (_, i) => {
    return { ...ann, email: `user${i}@example.com` };
  });
  const [registered] = await Promise.all(people.map((it) => server.post("/register", it))) as [
    Response,
  ];
  const cookie = registered.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const probe = () => timed(() => server.get("/profile", cookie));

  const idle: number[] = [];
  for (let i = 0; i < 300; i++) idle.push(await probe());

  const end = performance.now() + stormFor;
  let logins = 0;
  let shed = 0;
  const clients = people.map(async (person) => {
    while (performance.now() < end) {
      const { status } = await server.post("/login", person);
      if (status === 303) logins++;
      else shed++;
      if (status === 503) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  const storm: number[] = [];
  while (performance.now() < end) {
    storm.push(await probe());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(clients);
  const crowd = await Promise.all(Array.from({ length: crowdSize }, (_, i) => {
    return server.post("/login", people[i % loginClients] as Record<string, string>);
  }));
  const comingBack = crowd.filter(({ status }) => status === 503).length;

  const status = await Deno.readTextFile(`/proc/${server.pid}/status`);
  const peakMiB = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  const times = (it: readonly number[]) =>
    [0.5, 0.99].map((part) => quantile(it, part).toFixed(1)).join(", ");
  const rate = (logins / (stormFor / 1000)).toFixed(1);
  const columns = [hashing, rate, shed, times(idle), times(storm), comingBack, peakMiB.toFixed(0)];
  return `| ${columns.join(" | ")} |\n`;
}

await write(
  `| hashing | logins/s | refused | /profile idle: p50, p99 (ms) | with ${loginClients} login clients | 503s of ${crowdSize} at once | peak RSS (MiB) |\n`,
);
await write("| --- | --- | --- | --- | --- | --- | --- |\n");
for (const hashing of ["worker", "main"] as const) await write(await measure(hashing));
