import type { Cluster } from "../../.github/deploy/cluster.ts";
import { SECOND } from "../../lib/time.ts";
import { ClusterVisitor } from "../support/cluster.ts";
import { eventually } from "../support/timeouts.ts";
import type { InstancesScale } from "./scale.ts";
import { figure, median, printTable, timed } from "./table.ts";
import { emailOf, password } from "./users.ts";

/** How long something that was killed is away, in milliseconds. */
const outage = 3 * SECOND;
/** They change their names without a pause; not those of the other measurements. */
const writers = 6;
const firstUser = 10;

/** Somebody whose name is a number that grows. */
interface Writer {
  readonly visitor: ClusterVisitor;
  sent: number;
  acknowledged: number;
}

interface Tally {
  acknowledged: number;
  unknown: number;
  lost: number;
}

/** Kills an instance, and the store, while people write, and looks whether anything is lost. */
export async function measureRecovery(cluster: Cluster, { kills }: InstancesScale): Promise<void> {
  const people: Writer[] = await Promise.all(Array.from({ length: writers }, async (_, i) => {
    const visitor = new ClusterVisitor(cluster).at(i % 3);
    await visitor.send("/login", { email: emailOf(firstUser + i), password });
    return { visitor, sent: 0, acknowledged: 0 };
  }));
  const tally: Tally = { acknowledged: 0, unknown: 0, lost: 0 };
  const ofInstance: number[] = [];
  const failed: number[] = [];
  const ofStore: number[] = [];

  for (let kill = 0; kill < kills; kill++) {
    await whileWriting(people, tally, async () => {
      const site = people[0]?.visitor.twin().atOrigin() as ClusterVisitor;
      const killed = cluster.instances[kill % 3];
      await pause(SECOND);
      await killed?.stop("SIGKILL");
      failed.push(await failuresOf(site, outage));
      ofInstance.push(await timed(() => killed?.start() as Promise<void>));
    });
    await whileWriting(people, tally, async () => {
      await pause(SECOND);
      await cluster.store.stop("SIGKILL");
      await pause(outage);
      await cluster.store.start();
      ofStore.push(await timed(() => allAnswer(cluster, people)));
    });
  }

  const refused = failed.reduce((sum, it) => sum + it, 0);
  printTable([`${kills} times kill -9 of an instance, and of denokv`, "figure"], [
    ["writes that were acknowledged", tally.acknowledged.toLocaleString("en")],
    ["… and are lost", String(tally.lost)],
    ["writes without an answer, or refused", tally.unknown.toLocaleString("en")],
    ["an instance away: pages of the site that failed", String(refused)],
    ["an instance comes back: from its start to its first answer, ms", figure(median(ofInstance))],
    ["denokv comes back: until each instance shows a page, ms", figure(median(ofStore))],
    ["… the slowest", figure(Math.max(...ofStore))],
  ]);
}

/** Every writer sends forms to one instance after the other; at the end their names are read. */
async function whileWriting(
  people: readonly Writer[],
  tally: Tally,
  act: () => Promise<void>,
): Promise<void> {
  let isOver = false;
  const writing = people.map(async (writer) => {
    while (!isOver) {
      const name = ++writer.sent;
      const form = { name: `number ${name}` };
      const status = await writer.visitor.at(name % 3).send("/profile", form);
      if (status === 303) {
        writer.acknowledged = name;
        tally.acknowledged++;
      } else tally.unknown++;
    }
  });
  await act();
  isOver = true;
  await Promise.all(writing);
  for (const { visitor, acknowledged } of people) {
    const page = await (await visitor.at(0).get("/profile")).text();
    const name = Number(/number (\d+)/.exec(page)?.[1]);
    // A later one may have been written without an answer, but an earlier one must not be back.
    if (!(name >= acknowledged)) tally.lost++;
  }
}

async function allAnswer(cluster: Cluster, people: readonly Writer[]): Promise<void> {
  await Promise.all(cluster.instances.map(async (_, i) => {
    const visitor = people[i]?.visitor.twin().at(i) as ClusterVisitor;
    await eventually(async () => await visitor.open("/profile") === 200);
  }));
}

/** How many pages are not shown, for this long. */
async function failuresOf(visitor: ClusterVisitor, duration: number): Promise<number> {
  const end = performance.now() + duration;
  let failures = 0;
  while (performance.now() < end) {
    if (await visitor.open("/profile") !== 200) failures++;
    await pause(10);
  }
  return failures;
}

function pause(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
