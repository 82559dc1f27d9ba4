import { OurServer } from "./our_server.ts";
import type { Scale } from "./scale.ts";
import { figure, median, printTable, quantile, timed } from "./table.ts";
import { password } from "./users.ts";
import { Visitor } from "./visitor.ts";

/** These many users act, in a database of any size: each has as many sessions as in the others. */
const actors = 100;
/** Requests under way at once. */
const clients = 8;
const logins = 300;
const registrations = 100;
const pages = 1500;

const kinds = ["/profile", "login", "registration"] as const;

/** What one kind of request cost in one round. */
interface Cost {
  /** Of the server for each request, in microseconds. */
  readonly cpu: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Database {
  readonly users: number;
  readonly server: OurServer;
  readonly rounds: Record<typeof kinds[number], Cost>[];
}

/** What requests cost beside more and more users, with a hash that costs nothing. */
export async function measureGrowth({ rounds, populations }: Scale): Promise<void> {
  await using servers = new AsyncDisposableStack();
  const databases: Database[] = [];
  for (const users of populations) {
    const server = servers.use(await OurServer.startWithCheapHash(users));
    databases.push({ users, server, rounds: [] });
  }

  for (const it of databases) await measureRound(it); // warms up
  for (let round = 0; round < rounds; round++) {
    for (const it of databases) it.rounds.push(await measureRound(it));
  }

  printTable(
    ["request", "users", "server CPU µs", "ratio", "p50 ms", "p99 ms"],
    kinds.flatMap((kind) =>
      databases.map(({ users, rounds }) => {
        const middle = (field: keyof Cost) => median(rounds.map((round) => round[kind][field]));
        const ratios = rounds.map((round, i) => {
          return round[kind].cpu / (databases[0]?.rounds[i]?.[kind].cpu ?? NaN);
        });
        return [
          kind,
          users.toLocaleString("en"),
          figure(middle("cpu")),
          figure(median(ratios)),
          figure(middle("p50")),
          figure(middle("p99")),
        ];
      })
    ),
  );
}

async function measureRound({ users, server }: Database): Promise<Database["rounds"][number]> {
  const { process } = server;
  const visitors = Array.from({ length: logins }, () => new Visitor(process));
  const login = await costOf(server, logins, async (i) => {
    // Spread over all users of the database.
    const user = Math.floor((i % actors) * users / actors);
    expect(303, await (visitors[i] as Visitor).logIn(user));
  });
  for (const visitor of visitors) await visitor.open("/profile"); // shows what the login says
  const page = await costOf(server, pages, async (i) => {
    await (visitors[i % visitors.length] as Visitor).open("/profile");
  });
  const registration = await costOf(server, registrations, async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const fields = { name: "Somebody new", email, password };
    expect(303, await new Visitor(process).send("/register", fields));
  });
  return { "/profile": page, login, registration };
}

async function costOf(
  { process }: OurServer,
  count: number,
  act: (i: number) => Promise<void>,
): Promise<Cost> {
  const times: number[] = [];
  const cpu = process.cpuTime();
  let next = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < count) {
      const i = next++;
      times.push(await timed(() => act(i)));
    }
  }));
  return {
    cpu: (process.cpuTime() - cpu) / count,
    p50: median(times),
    p99: quantile(times, 0.99),
  };
}

function expect(expected: number, status: number): void {
  if (status !== expected) throw new Error(`Cannot measure a request: it was answered ${status}`);
}
