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

interface Round {
  /** Hashes a second in one process, and in as many at once as there are cores. */
  readonly oneCore: number;
  readonly allCores: number;
  /** What a page takes when nobody logs in, in milliseconds. */
  readonly idleP99: number;
  readonly storm: Storm;
}

interface Storm {
  readonly perSecond: number;
  /** Logins that were answered with something else than a redirect. */
  readonly refused: number;
  /** Of a login, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server for each login, in milliseconds. */
  readonly cpu: number;
  /** What a page takes meanwhile, in milliseconds. */
  readonly pageP99: number;
}

/** Logins a second beside what the cores could hash, and what they do to everybody else. */
export async function measureLogins(scale: Scale): Promise<void> {
  await using server = await OurServer.start(users);
  const { process } = server;
  const memoryAtStart = process.memory();
  const reader = await loggedIn(process, crowd);

  const rounds: Round[] = [];
  await stormOf(process, reader, SECOND); // warms up
  while (rounds.length < scale.rounds) {
    rounds.push(await measureRound(process, reader, scale.stormTime));
  }
  const crowdAnswers = await logInAtOnce(process, crowd, (i) => i);
  const peak = process.peakMemory();
  const browsersAnswers = await logInAtOnce(process, browsers, () => 0);

  printTable(["logins", "figure"], [
    ...rowsOf(rounds),
    [`answers to ${crowd} at once`, crowdAnswers],
    ["memory in MiB: at the start, most", `${figure(memoryAtStart)}, ${figure(peak)}`],
    [`answers to ${browsers} at once to one account`, browsersAnswers],
  ]);
}

async function measureRound(
  server: ServerProcess,
  reader: Visitor,
  stormTime: number,
): Promise<Round> {
  const hashTime = stormTime / 3;
  const oneCore = await hashLoop(hashTime);
  const all = await Promise.all(Array.from({ length: cores }, () => hashLoop(hashTime)));
  const idle = await readPages(reader, performance.now() + stormTime / 2);
  return {
    oneCore,
    allCores: all.reduce((a, b) => a + b),
    idleP99: quantile(idle, 0.99),
    storm: await stormOf(server, reader, stormTime),
  };
}

function rowsOf(rounds: readonly Round[]): string[][] {
  const middle = (valueOf: (round: Round) => number) => figure(median(rounds.map(valueOf)));
  const refused = rounds.reduce((sum, { storm }) => sum + storm.refused, 0);
  const latency = `${middle((it) => it.storm.p50)}, ${middle((it) => it.storm.p99)}`;
  return [
    ["hashes/s on one core", middle((it) => it.oneCore)],
    [`hashes/s on ${cores} cores at once`, middle((it) => it.allCores)],
    [`logins/s of ${clients} clients`, middle((it) => it.storm.perSecond)],
    [
      `… ÷ ${cores} × the hashes/s of one core`,
      middle((it) => it.storm.perSecond / (cores * it.oneCore)),
    ],
    [
      "… ÷ the hashes/s of all cores at once",
      middle((it) => it.storm.perSecond / it.allCores),
    ],
    ["… p50, p99 ms", latency],
    ["… server CPU ms", middle((it) => it.storm.cpu)],
    ["… refused", String(refused)],
    ["`/profile` p99 ms, idle", middle((it) => it.idleP99)],
    [`… while ${clients} log in`, middle((it) => it.storm.pageP99)],
    ["… ratio", middle((it) => it.storm.pageP99 / it.idleP99)],
  ];
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
    pageP99: quantile(pageTimes, 0.99),
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

/** How often each status was the answer. */
async function logInAtOnce(
  server: ServerProcess,
  count: number,
  userOf: (i: number) => number,
): Promise<string> {
  const statuses = await Promise.all(
    Array.from({ length: count }, (_, i) => new Visitor(server).logIn(userOf(i))),
  );
  return [...Map.groupBy(statuses, (status) => status)]
    .sort(([a], [b]) => a - b)
    .map(([status, { length }]) => `${length} × ${status}`)
    .join(", ");
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
