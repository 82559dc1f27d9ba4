import { SECOND } from "../../lib/time.ts";
import { OurServer } from "./our_server.ts";
import type { Scale } from "./scale.ts";
import type { ServerProcess } from "./server_process.ts";
import { figure, median, printTable, quantile, timed } from "./table.ts";
import { loggedIn, Visitor } from "./visitor.ts";

/** They log in again and again. */
const clients = 32;
/** They log in once, all at the same moment. */
const crowd = 200;
/** A person's browsers, which log in at the same moment. */
const browsers = 16;
/** More than log in: one reads pages. */
const users = crowd + 1;
/** A pause between requests of the reader, in milliseconds. */
const pause = 10;

const cores = navigator.hardwareConcurrency;

interface Storm {
  readonly perSecond: number;
  /** Logins that were answered with something else than a redirect. */
  readonly refused: number;
  /** Of a login, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server for each login, in milliseconds. */
  readonly cpu: number;
  /** What everybody else waits for a page, in milliseconds. */
  readonly pageTimes: readonly number[];
}

/** Logins a second beside what the cores could hash, and what they do to everybody else. */
export async function measureLogins({ rounds, stormTime }: Scale): Promise<void> {
  await using server = await OurServer.start(users);
  const { process } = server;
  const memoryAtStart = process.memory();
  const reader = await loggedIn(process, crowd);

  const oneCore: number[] = [];
  const allCores: number[] = [];
  const idle: number[][] = [];
  const storms: Storm[] = [];
  await stormOf(process, reader, SECOND); // warms up
  for (let round = 0; round < rounds; round++) {
    const hashTime = stormTime / 3;
    oneCore.push(await hashLoop(hashTime));
    const all = await Promise.all(Array.from({ length: cores }, () => hashLoop(hashTime)));
    allCores.push(all.reduce((a, b) => a + b));
    idle.push(await readPages(reader, performance.now() + stormTime / 2));
    storms.push(await stormOf(process, reader, stormTime));
  }
  const atOnce = await logInAtOnce(process, crowd, (i) => i);
  const peak = process.peakMemory();
  const sameAccount = await logInAtOnce(process, browsers, () => 0);

  const middle = (values: readonly number[]) => figure(median(values));
  const ofStorms = (field: Exclude<keyof Storm, "pageTimes">) => {
    return storms.map((it) => it[field]);
  };
  const ratios = (to: readonly number[]) => {
    return middle(storms.map(({ perSecond }, i) => perSecond / (to[i] as number)));
  };
  const possible = oneCore.map((it) => it * cores);
  const p99 = (rounds: readonly (readonly number[])[]) => rounds.map((it) => quantile(it, 0.99));
  const stormP99 = p99(storms.map((it) => it.pageTimes));
  const idleP99 = p99(idle);

  printTable(["logins", "figure"], [
    ["hashes/s on one core", middle(oneCore)],
    [`hashes/s on ${cores} cores at once`, middle(allCores)],
    [`logins/s of ${clients} clients`, middle(ofStorms("perSecond"))],
    [`… ÷ ${cores} × the hashes/s of one core`, ratios(possible)],
    ["… ÷ the hashes/s of all cores at once", ratios(allCores)],
    ["… p50, p99 ms", `${middle(ofStorms("p50"))}, ${middle(ofStorms("p99"))}`],
    ["… server CPU ms", middle(ofStorms("cpu"))],
    ["… refused", String(ofStorms("refused").reduce((a, b) => a + b))],
    ["`/profile` p99 ms, idle", middle(idleP99)],
    [`… while ${clients} log in`, middle(stormP99)],
    ["… ratio", middle(stormP99.map((it, i) => it / (idleP99[i] as number)))],
    [`let in, of ${crowd} at once`, String(atOnce)],
    ["memory in MiB: at the start, most", `${figure(memoryAtStart)}, ${figure(peak)}`],
    [`let in, of ${browsers} at once to one account`, String(sameAccount)],
  ]);
}

/** Clients log in for this long; another one reads a page meanwhile. */
async function stormOf(server: ServerProcess, reader: Visitor, duration: number): Promise<Storm> {
  const start = performance.now();
  const cpu = server.cpuTime();
  const end = start + duration;
  const times: number[] = [];
  let refused = 0;
  const loggingIn = Array.from({ length: clients }, async (_, client) => {
    for (let user = client; performance.now() < end; user = (user + clients) % crowd) {
      const visitor = new Visitor(server);
      let status = 0;
      const time = await timed(async () => status = await visitor.logIn(user));
      if (status === 303) times.push(time);
      else refused++;
      if (status === 503) await wait(50);
    }
  });
  const [pageTimes] = await Promise.all([readPages(reader, end), ...loggingIn]);
  return {
    perSecond: times.length / ((performance.now() - start) / SECOND),
    refused,
    p50: median(times),
    p99: quantile(times, 0.99),
    cpu: (server.cpuTime() - cpu) / times.length / 1000,
    pageTimes,
  };
}

/** One request after the other, with a pause between them; the times in milliseconds. */
async function readPages(reader: Visitor, end: number): Promise<number[]> {
  const times: number[] = [];
  while (performance.now() < end) {
    times.push(await timed(() => reader.open("/profile")));
    await wait(pause);
  }
  return times;
}

/** How many of them are let in. */
async function logInAtOnce(
  server: ServerProcess,
  count: number,
  userOf: (i: number) => number,
): Promise<number> {
  const statuses = await Promise.all(
    Array.from({ length: count }, (_, i) => new Visitor(server).logIn(userOf(i))),
  );
  return statuses.filter((status) => status === 303).length;
}

/** Hashes a second, in a process and thread of its own. */
async function hashLoop(duration: number): Promise<number> {
  const script = new URL("./hash_loop.ts", import.meta.url).pathname;
  const args = ["run", "-A", script, String(duration)];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" })
    .output();
  if (!success) throw new Error("Cannot measure hashes: the process failed");
  return Number(new TextDecoder().decode(stdout));
}

function wait(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
