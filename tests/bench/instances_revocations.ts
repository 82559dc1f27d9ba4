import type { Cluster } from "../../.github/deploy/cluster.ts";
import { ClusterVisitor } from "../support/cluster.ts";
import type { InstancesScale } from "./scale.ts";
import { figure, printTable, quantile, timed } from "./table.ts";
import { emailOf, password } from "./users.ts";

/** As many as a user may have. */
const sessionsEach = 20;
/** Users whose sessions end at the same time. */
const atOnce = 4;
/** Not those of the other measurements. */
const firstUser = 200;

interface Tally {
  revoked: number;
  /** Requests after an acknowledged revocation that were still let in. */
  stale: number;
  /** Those that were answered with neither. */
  other: number;
  readonly times: number[];
}

/**
 * Ends sessions at one instance, and asks the two others at once whether they know. Every other user
 * ends all of them with one form, the others log each browser out.
 */
export async function measureRevocations(
  cluster: Cluster,
  { revocations }: InstancesScale,
): Promise<void> {
  const tally: Tally = { revoked: 0, stale: 0, other: 0, times: [] };
  let user = firstUser;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (tally.revoked < revocations) await endSessions(cluster, user++, tally);
  }));
  printTable(["sessions that ended at one instance", "figure"], [
    ["ended", tally.revoked.toLocaleString("en")],
    ["requests to the two others right after", (2 * tally.revoked).toLocaleString("en")],
    ["… that were still let in", String(tally.stale)],
    ["… that were answered with neither a page nor the login", String(tally.other)],
    [
      "to end one: p50, p99 ms",
      [0.5, 0.99].map((it) => figure(quantile(tally.times, it))).join(", "),
    ],
  ]);
}

async function endSessions(cluster: Cluster, user: number, tally: Tally): Promise<void> {
  const acting = user % 3;
  const others = [(acting + 1) % 3, (acting + 2) % 3];
  const sessions = await Promise.all(Array.from({ length: sessionsEach }, async (_, i) => {
    const visitor = new ClusterVisitor(cluster).at(i % 3);
    // More log in at once than a busy machine hashes in time: those who are refused come back.
    while (await visitor.send("/login", { email: emailOf(user), password }) !== 303) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return visitor;
  }));
  // Otherwise a session that was never let in would count as one that ended.
  for (const session of sessions) {
    for (const instance of others) {
      if (await session.twin().at(instance).open("/profile") !== 200) {
        throw new Error("Cannot measure revocations: a session does not hold at every instance");
      }
    }
  }

  const verify = async (ended: ClusterVisitor) => {
    const statuses = await Promise.all(others.map((it) => ended.twin().at(it).open("/profile")));
    tally.revoked++;
    tally.stale += statuses.filter((it) => it === 200).length;
    tally.other += statuses.filter((it) => it !== 200 && it !== 302).length;
  };
  const end = async (actor: ClusterVisitor, path: string) => {
    let status: number | null = null;
    tally.times.push(await timed(async () => status = await actor.at(acting).send(path)));
    if (status !== 303) throw new Error(`Cannot end a session: it was answered ${status}`);
  };
  const [actor, ...rest] = sessions as [ClusterVisitor, ...ClusterVisitor[]];
  if (user % 2 === 0) {
    await end(actor, "/account/sessions/end-others");
    await Promise.all(rest.map(verify));
  } else {
    for (const session of sessions) {
      const ended = session.twin();
      await end(session, "/logout");
      await verify(ended);
    }
  }
}
