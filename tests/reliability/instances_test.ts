import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Cluster } from "../../.github/deploy/cluster.ts";
import { clusterTest, ClusterVisitor } from "../support/cluster.ts";
import { ann } from "../support/people.ts";
import { eventually } from "../support/timeouts.ts";

// Three instances of the app, each a process, on one denokv: `.github/deploy/cluster.ts`.

const { password } = ann;
const all = [0, 1, 2];

interface Ending {
  readonly path: string;
  readonly fields?: Record<string, string>;
  /** Whether the session that asks for it ends, too. */
  readonly endsOwn: boolean;
}

/** What ends sessions, for somebody with this address. */
function endingsOf(email: string): Record<string, Ending> {
  const change = { current_password: password, password: "eleven grey herons wade" };
  return {
    "a logout": { path: "/logout", endsOwn: true },
    "the end of the others": { path: "/account/sessions/end-others", endsOwn: false },
    "a new password": { path: "/account/password", fields: change, endsOwn: false },
    "a deletion": { path: "/account/delete", fields: { email }, endsOwn: true },
  };
}

async function register(cluster: Cluster, email = ann.email): Promise<ClusterVisitor> {
  const visitor = new ClusterVisitor(cluster).at(0);
  ok(await registerAs(visitor, email));
  return visitor;
}

async function registerAs(visitor: ClusterVisitor, email: string): Promise<boolean> {
  return await visitor.send("/register", { ...ann, email }) === 303;
}

/** The status of a page for members, at each instance: 302 leads to the login. */
async function statusesOf(visitor: ClusterVisitor): Promise<number[]> {
  const statuses: number[] = [];
  for (const instance of all) statuses.push(await visitor.at(instance).open("/profile"));
  return statuses;
}

async function allAnswer(visitor: ClusterVisitor): Promise<boolean> {
  return (await statusesOf(visitor)).every((status) => status === 200);
}

clusterTest(
  "what ends a session at one instance is known to the next request at each [REL-P5] [SEC-L7]",
  async (cluster) => {
    for (const [i, what] of Object.keys(endingsOf("")).entries()) {
      const email = `p${i}@x.example`;
      const { path, fields = {}, endsOwn } = endingsOf(email)[what] as Ending;
      const actor = await register(cluster, email);
      const phone = new ClusterVisitor(cluster);
      equal(await phone.at(1).send("/login", { email, password }), 303);
      // It keeps the cookies that the browser forgets.
      const ended = endsOwn ? actor.twin() : phone;
      deepEqual(await statusesOf(ended), [200, 200, 200], what);

      equal(await actor.at(i % 3).send(path, fields), 303, what);

      deepEqual(await statusesOf(ended), [302, 302, 302], what);
    }
  },
);

clusterTest(
  "attempts count at whichever instance they are made, one after the other and at once [REL-P7] [REL-R13]",
  async (cluster) => {
    const attempt = async (email: string, instance: number) => {
      const visitor = new ClusterVisitor(cluster);
      return await visitor.at(instance).send("/login", { email, password: "a wrong one, surely" });
    };
    const attempts = async (email: string, instanceOf: (i: number) => number) => {
      const statuses: (number | null)[] = [];
      for (let i = 0; i < 8; i++) statuses.push(await attempt(email, instanceOf(i)));
      return statuses;
    };
    for (const email of ["one@x.example", "three@x.example", "once@x.example"]) {
      await register(cluster, email);
    }

    const atOne = await attempts("one@x.example", () => 0);
    const atThree = await attempts("three@x.example", (i) => i % 3);
    const atOnce = await Promise.all(
      Array.from({ length: 12 }, (_, i) => attempt("once@x.example", i % 3)),
    );

    ok(atOne.includes(429), "attempts are limited");
    deepEqual(atThree, atOne);
    const evaluated = (statuses: readonly (number | null)[]) =>
      statuses.filter((it) => it === 422).length;
    equal(evaluated(atOnce), evaluated(atOne));
  },
);

clusterTest(
  "instances that are asked at the same moment make one account of an address, and lose no write [REL-R3] [REL-R26]",
  async (cluster) => {
    const spellings = [ann.email, ann.email.toUpperCase(), ` ${ann.email}`];
    const visitors = all.flatMap((i) => spellings.map(() => new ClusterVisitor(cluster).at(i)));

    const statuses = await Promise.all(
      visitors.map((visitor, i) =>
        visitor.send("/register", { ...ann, name: `Ann ${i}`, email: spellings[i % 3] as string })
      ),
    );
    deepEqual(statuses.toSorted(), [303, 422, 422, 422, 422, 422, 422, 422, 422]);

    const [member] = visitors.filter((_, i) => statuses[i] === 303) as [ClusterVisitor];
    const renamed = await Promise.all(
      Array.from(
        { length: 60 },
        (_, i) => member.twin().at(i % 3).send("/profile", { name: `Ann ${i}` }),
      ),
    );
    deepEqual([...new Set(renamed)], [303]);
  },
);

/** Registers people all over the site, and breaks something after some of the answers. */
async function registerDuring(
  cluster: Cluster,
  emails: readonly string[],
  breakIt: () => Promise<void>,
): Promise<(number | null)[]> {
  let acknowledged = 0;
  let broken: Promise<void> | null = null;
  const statuses = await Promise.all(emails.map(async (email) => {
    const status = await new ClusterVisitor(cluster).send("/register", { ...ann, email });
    if (status === 303 && ++acknowledged === 3) broken = breakIt();
    return status;
  }));
  await broken;
  ok(statuses.some((it) => it !== 303), "it broke before the last answer");
  return statuses;
}

/** Who was told that they have an account can log in, and everybody else can have one. */
async function nobodyIsLost(
  cluster: Cluster,
  emails: readonly string[],
  statuses: readonly (number | null)[],
): Promise<void> {
  await Promise.all(emails.map(async (email, i) => {
    const visitor = () => new ClusterVisitor(cluster).at(i % 3);
    const logIn = () => visitor().send("/login", { email, password });
    if (statuses[i] === 303) equal(await logIn(), 303, `${email} was acknowledged`);
    // What was refused for want of an answer may still be written.
    else await eventually(async () => await logIn() === 303 || await registerAs(visitor(), email));
  }));
}

clusterTest(
  "kill -9 of an instance loses nothing acknowledged; the others go on, and it comes back [REL-P1] [REL-R1]",
  async (cluster) => {
    const member = await register(cluster);
    const killed = cluster.instances[1];
    const emails = Array.from({ length: 16 }, (_, i) => `p${i}@x.example`);

    const statuses = await registerDuring(
      cluster,
      emails,
      () => killed?.stop("SIGKILL") as Promise<void>,
    );

    const site = member.twin();
    for (const _ of all) equal(await site.open("/profile"), 200, "the others answer");
    await killed?.start();
    deepEqual(await statusesOf(member), [200, 200, 200]);
    await nobodyIsLost(cluster, emails, statuses);
  },
);

clusterTest(
  "a store that is killed, or hangs, loses nothing acknowledged and logs nobody out; the instances recover by themselves [REL-P1] [REL-P6] [REL-R9]",
  async (cluster) => {
    const member = await register(cluster);
    const pids = cluster.instances.map(({ pid }) => pid);
    const emails = Array.from({ length: 16 }, (_, i) => `p${i}@x.example`);

    const statuses = await registerDuring(cluster, emails, () => cluster.store.stop("SIGKILL"));

    await Promise.all(all.map(async (instance) => {
      const visitor = member.twin().at(instance);
      const answer = await visitor.get("/profile");
      equal(answer.status, 503);
      match(answer.headers.get("retry-after") ?? "", /^\d+$/);
      deepEqual(answer.headers.getSetCookie(), []);
      await answer.body?.cancel();
      equal(await new ClusterVisitor(cluster).at(instance).open("/login"), 200, "a visitor's page");
      equal(await visitor.open("/health/live"), 200);
      equal(await visitor.open("/health/ready"), 503);
    }));

    await cluster.store.start();
    await eventually(() => allAnswer(member));
    cluster.store.signal("SIGSTOP"); // it hangs, once the signal has reached all its threads
    await eventually(async () => await member.at(0).open("/profile") === 503);
    cluster.store.signal("SIGCONT");
    await eventually(() => allAnswer(member));
    deepEqual(cluster.instances.map(({ pid }) => pid), pids, "no instance started anew");
    await nobodyIsLost(cluster, emails, statuses);
  },
  { flags: [] },
); // with the deadline of production
