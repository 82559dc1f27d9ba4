import type { Cluster } from "../../.github/deploy/cluster.ts";
import { SECOND } from "../../lib/time.ts";
import { ClusterVisitor } from "../support/cluster.ts";
import { load } from "./load.ts";
import { cpuTimeOf } from "./server_process.ts";
import type { InstancesScale } from "./scale.ts";
import { figure, printTable } from "./table.ts";
import { emailOf, password } from "./users.ts";

/** Shared by the instances: of pages, and of logins. */
const clients = 32;
/** They log in again and again; not those of the other measurements. */
const firstUser = 100;

/** Pages and logins a second of one, two and three instances, and what they cost the database. */
export async function measureThroughput(
  cluster: Cluster,
  { loadTime }: InstancesScale,
): Promise<void> {
  const rows: string[][] = [];
  await pagesOf(cluster, 3, SECOND); // warms up
  for (let count = 1; count <= cluster.instances.length; count++) {
    const pages = await pagesOf(cluster, count, loadTime);
    const logins = await loginsOf(cluster, count, loadTime);
    rows.push([
      String(count),
      figure(pages.perSecond),
      figure(pages.p50),
      figure(pages.p99),
      figure(pages.cpu),
      figure(pages.storeCpu),
      figure(logins.perSecond),
      figure(logins.storeCpu),
    ]);
  }
  printTable([
    "instances",
    "`/profile`/s",
    "p50 ms",
    "worst p99 ms",
    "CPU µs a page",
    "… of denokv",
    "logins/s",
    "denokv's CPU µs a login",
  ], rows);
}

async function pagesOf(cluster: Cluster, count: number, duration: number) {
  const store = cpuTimeOf(cluster.store.pid);
  const loads = await Promise.all(
    cluster.instances.slice(0, count).map(async ({ address, pid }, i) => {
      const visitor = new ClusterVisitor(cluster).at(i);
      await visitor.send("/login", { email: emailOf(firstUser + i), password });
      await visitor.open("/profile");
      const server = { address, cpuTime: () => cpuTimeOf(pid) };
      const connections = Math.floor(clients / count);
      return await load(server, "/profile", visitor.headers, duration, connections);
    }),
  );
  const perSecond = loads.reduce((sum, it) => sum + it.perSecond, 0);
  const weighted = (valueOf: (it: typeof loads[number]) => number) =>
    loads.reduce((sum, it) => sum + valueOf(it) * it.perSecond, 0) / perSecond;
  const pages = perSecond * Math.ceil(duration / SECOND);
  return {
    perSecond,
    p50: weighted(({ p50 }) => p50),
    p99: Math.max(...loads.map(({ p99 }) => p99)),
    cpu: weighted(({ cpu }) => cpu),
    storeCpu: (cpuTimeOf(cluster.store.pid) - store) / pages,
  };
}

async function loginsOf(cluster: Cluster, count: number, duration: number) {
  const store = cpuTimeOf(cluster.store.pid);
  const start = performance.now();
  let logins = 0;
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    while (performance.now() - start < duration) {
      const visitor = new ClusterVisitor(cluster).at(client % count);
      const fields = { email: emailOf(firstUser + client), password };
      if (await visitor.send("/login", fields) === 303) logins++;
    }
  }));
  return {
    perSecond: logins / (performance.now() - start) * SECOND,
    storeCpu: (cpuTimeOf(cluster.store.pid) - store) / logins,
  };
}
