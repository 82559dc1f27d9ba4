import type { Cluster } from "../../.github/deploy/cluster.ts";
import { ClusterVisitor } from "../support/cluster.ts";
import { printTable } from "./table.ts";
import { emailOf } from "./users.ts";

const attempts = 60;

/** How many wrong passwords are tried out, wherever they are sent. */
export async function measureAttempts(cluster: Cluster): Promise<void> {
  const evaluated = async (user: number, atOnce: boolean, instances: number) => {
    const attempt = (i: number) => {
      const fields = { email: emailOf(user), password: "not what it was before" };
      return new ClusterVisitor(cluster).at(i % instances).send("/login", fields);
    };
    const statuses: (number | null)[] = [];
    const all = Array.from({ length: attempts }, (_, i) => i);
    if (atOnce) statuses.push(...await Promise.all(all.map(attempt)));
    else for (const i of all) statuses.push(await attempt(i));
    return String(statuses.filter((it) => it === 422).length);
  };

  printTable([`of ${attempts} wrong passwords for one account, evaluated`, "number"], [
    ["one after the other, at one instance", await evaluated(0, false, 1)],
    ["one after the other, over three", await evaluated(1, false, 3)],
    ["at once, over three", await evaluated(2, true, 3)],
  ]);
}
