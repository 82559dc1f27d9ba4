import { SECOND } from "../../lib/time.ts";
import { type Load, load } from "./load.ts";
import { OurServer } from "./our_server.ts";
import type { Scale } from "./scale.ts";
import { ServerProcess } from "./server_process.ts";
import { figure, median, printTable } from "./table.ts";
import { loggedIn, Visitor } from "./visitor.ts";

/** A page to measure, and another that its figures are divided by. */
interface Page {
  readonly name: string;
  readonly server: ServerProcess;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly reference: Page | null;
  readonly rounds: Load[];
}

/** A user has at most as many. */
const MAX_SESSIONS = 20;

/** Pages under load, beside the least that Hono and the database could need for them. */
export async function measurePages({ rounds, pageTime }: Scale): Promise<void> {
  await using ours = await OurServer.start(2);
  const { process } = ours;
  const visitor = new Visitor(process);
  const user = await loggedIn(process, 0);
  for (let i = 1; i < MAX_SESSIONS; i++) await new Visitor(process).logIn(1);
  const busyUser = await loggedIn(process, 1);
  await using constant = await startBaseline("constant");
  await using home = await startBaseline("home");
  await using profile = await startBaseline("profile", ours.kvPath, ...keyOf(user));

  const a = page("(a) Hono: a constant page", constant, "/", visitor);
  const b = page("(b) Hono: our home page", home, "/", visitor);
  const c = page("(c) Hono: two keys, our profile", profile, "/profile", user);
  const sessions = `\`/account/sessions\`, ${MAX_SESSIONS} of them`;
  const pages = [
    a,
    b,
    c,
    page("`/`, a visitor ÷ (b)", process, "/", visitor, b),
    page("`/profile` ÷ (c)", process, "/profile", user, c),
    page(`${sessions} ÷ (c)`, process, "/account/sessions", busyUser, c),
  ];
  for (const it of pages) await load(it.server, it.path, it.headers, SECOND); // warms up
  for (let round = 0; round < rounds; round++) {
    for (const it of pages) it.rounds.push(await load(it.server, it.path, it.headers, pageTime));
  }
  printPages(pages);
}

function printPages(pages: readonly Page[]): void {
  printTable(
    ["page", "requests/s", "ratio", "p50 ms", "p99 ms", "ratio", "server CPU µs", "ratio"],
    pages.map((it) => [
      it.name,
      middle(it, "perSecond"),
      ratio(it, "perSecond"),
      middle(it, "p50"),
      middle(it, "p99"),
      ratio(it, "p99"),
      middle(it, "cpu"),
      ratio(it, "cpu"),
    ]),
  );
}

async function startBaseline(...args: string[]): Promise<ServerProcess> {
  return await ServerProcess.start(["run", "-A", "tests/bench/baselines.tsx", ...args]);
}

function page(
  name: string,
  server: ServerProcess,
  path: string,
  { headers }: Visitor,
  reference: Page | null = null,
): Page {
  return { name, server, path, headers, reference, rounds: [] };
}

/** The ids of a user and of the session, as the cookie names them. */
function keyOf({ cookies }: Visitor): [userId: string, sessionId: string] {
  const [userId = "", sessionId = ""] = cookies.get("__Host-session")?.split(".") ?? [];
  return [atob(userId), sessionId];
}

function middle({ rounds }: Page, field: keyof Load): string {
  return figure(median(rounds.map((round) => round[field])));
}

/** The middle one of the rounds' ratios to the rounds of the reference. */
function ratio({ rounds, reference }: Page, field: keyof Load): string {
  if (!reference) return "";
  const ratios = rounds.map((round, i) => round[field] / (reference.rounds[i]?.[field] ?? NaN));
  return figure(median(ratios));
}
