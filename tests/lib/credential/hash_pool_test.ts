import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  type HashJob,
  type HashRecipe,
  makeHash,
} from "../../../lib/credential/hash_algorithms.ts";
import { HasherUnavailable, HashTimedOut } from "../../../lib/credential/hasher_unavailable.ts";
import { HashPool } from "../../../lib/credential/hash_pool.ts";
import type { HashAnswer } from "../../../lib/credential/hash_worker.ts";
import { flagsOf } from "../../support/task.ts";

const argon2 = { algorithm: "argon2id" as const, salt: new Uint8Array(16), lanes: 1, length: 32 };

const job: HashJob = {
  recipe: { ...argon2, memoryKiB: 64, passes: 1 },
  password: "seven quiet otters",
  secret: new Uint8Array(32),
};

function startPool(startWorker?: () => Worker, deadline?: number, threads = 1) {
  const pool = new HashPool(threads, startWorker, deadline);
  return { hash: pool.hash, [Symbol.dispose]: () => pool.close() };
}

Deno.test("a worker makes the same hash as this thread", async () => {
  using pool = startPool();
  deepEqual(await pool.hash(job), await makeHash(job));
});

Deno.test("hashing leaves the event loop free", async () => {
  using pool = startPool();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);

  const slowJob = { ...job, recipe: { ...argon2, memoryKiB: 12288, passes: 3 } };
  await Promise.all([slowJob, slowJob, slowJob].map(pool.hash));
  clearInterval(timer);

  // A hash in this thread would let no timer run.
  ok(turns > 3, `${turns} turns`);
});

Deno.test("each job gets its own hash", async () => {
  using pool = startPool(undefined, undefined, 2);
  const jobs = Array.from({ length: 9 }, (_, i) => ({ ...job, password: `password ${i}` }));

  const hashes = await Promise.all(jobs.map(pool.hash));
  deepEqual(hashes, await Promise.all(jobs.map(makeHash)));
});

Deno.test("a job beyond the queue is refused at once, the others are done", async () => {
  using pool = startPool();

  const results = await Promise.allSettled(Array.from({ length: 100 }, () => pool.hash(job)));
  const refused = results.filter((it) => it.status === "rejected");
  equal(refused.length, 100 - 97);
  for (const { reason } of refused) ok(reason instanceof HasherUnavailable);
});

/** Workers that answer when they are told to. */
class StubWorkers {
  readonly made: StubWorker[] = [];

  readonly start = () => {
    const worker = new StubWorker();
    this.made.push(worker);
    return worker as unknown as Worker;
  };

  get busy(): StubWorker[] {
    return this.made.filter((it) => it.jobs > it.answers && !it.isTerminated);
  }

  get alive(): number {
    return this.made.filter((it) => !it.isTerminated).length;
  }
}

class StubWorker {
  onmessage: ((event: { data: HashAnswer }) => void) | null = null;
  jobs = 0;
  answers = 0;
  isTerminated = false;

  postMessage() {
    this.jobs++;
  }

  answer() {
    this.answers++;
    this.onmessage?.({ data: { ok: true, hash: new Uint8Array(1) } });
  }

  terminate() {
    this.isTerminated = true;
  }
}

Deno.test("three threads make three hashes at once, and no thread gets a second job before its answer", async () => {
  const workers = new StubWorkers();
  using pool = startPool(workers.start, undefined, 3);
  const answer = async (worker: StubWorker | undefined) => {
    worker?.answer();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const hashes = Array.from({ length: 5 }, () => pool.hash(job));
  equal(workers.busy.length, 3);

  await answer(workers.busy[1]);
  equal(workers.busy.length, 3);
  for (let [next] = workers.busy; next; [next] = workers.busy) {
    equal(next.jobs, next.answers + 1);
    await answer(next);
  }
  await Promise.all(hashes);
  deepEqual(workers.made.map((it) => it.jobs).sort(), [1, 2, 2]);
});

Deno.test("one login after the other needs one worker", async () => {
  const workers = new StubWorkers();
  using pool = startPool(workers.start, undefined, 3);

  for (let i = 0; i < 5; i++) {
    const hash = pool.hash(job);
    workers.busy[0]?.answer();
    await hash;
  }
  equal(workers.made.length, 1);
});

Deno.test("a worker ends after a thousand hashes, and after a hash that needs much memory", async () => {
  const workers = new StubWorkers();
  using pool = startPool(workers.start);
  const hashOne = async (next: HashJob) => {
    const hash = pool.hash(next);
    workers.busy[0]?.answer();
    await hash;
  };
  const scrypt = { algorithm: "scrypt" as const, salt: new Uint8Array(8), lanes: 1, length: 64 };

  for (let i = 0; i < 1000; i++) await hashOne(job);
  deepEqual(workers.made.map((it) => [it.jobs, it.isTerminated]), [[1000, true]]);
  await hashOne({ ...job, recipe: { ...argon2, memoryKiB: 65536, passes: 1 } });
  await hashOne({ ...job, recipe: { ...scrypt, cost: 2 ** 15, blockSize: 8 } }); // Werkzeug's
  equal(workers.alive, 1);
  await hashOne({ ...job, recipe: { ...argon2, memoryKiB: 65537, passes: 1 } });
  equal(workers.alive, 0);
  await hashOne({ ...job, recipe: { ...scrypt, cost: 2 ** 17, blockSize: 8 } });
  deepEqual(workers.made.map((it) => it.jobs), [1000, 3, 1]);
  equal(workers.alive, 0);
});

Deno.test("hashes that share the memory of a worker are those of a new one, whatever came before", async () => {
  using pool = startPool();
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const scrypt = { algorithm: "scrypt" as const, salt, lanes: 1, length: 64 };
  const recipes: HashRecipe[] = [
    { ...argon2, memoryKiB: 64, passes: 1 },
    { ...argon2, memoryKiB: 2048, passes: 2 },
    { ...scrypt, cost: 1024, blockSize: 8 },
    { ...argon2, memoryKiB: 8, passes: 3 },
    { ...argon2, memoryKiB: 1000, passes: 1, lanes: 4 },
    { ...scrypt, cost: 16, blockSize: 1, lanes: 2 },
    { algorithm: "bcrypt", salt, cost: 4, prehash: null },
    { ...argon2, memoryKiB: 2048, passes: 2 },
    { ...argon2, memoryKiB: 64, passes: 1 },
  ];
  const jobs = recipes.map((recipe, i) => ({ ...job, recipe, password: `password ${i}` }));

  const hashes = await Promise.all([...jobs, ...jobs.toReversed()].map(pool.hash));
  const expected = await Promise.all(jobs.map(makeHash));
  deepEqual(hashes, [...expected, ...expected.toReversed()]);
});

Deno.test("fifteen hashes hold the memory of one", async () => {
  const code = `
    const { HashPool } = await import("${
    import.meta.resolve("../../../lib/credential/hash_pool.ts")
  }");
    const pool = new HashPool(1);
    const salt = new Uint8Array(16);
    const argon2 = { algorithm: "argon2id", salt, memoryKiB: 16384, passes: 1, lanes: 1, length: 32 };
    const hash = () => pool.hash({ recipe: argon2, password: "-", secret: salt });
    await hash();
    const sizes = [Deno.memoryUsage().rss];
    for (let i = 0; i < 15; i++) {
      await hash();
      sizes.push(Deno.memoryUsage().rss);
    }
    console.log(Math.max(...sizes) - sizes[0]);
    pool.close();`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    cwd: new URL("../../../", import.meta.url),
  }).output();
  const growth = Number(new TextDecoder().decode(stdout)) / 2 ** 20;

  ok(growth < 50, `${growth} MiB`);
});

Deno.test({
  name: "hashing threads give way to the main thread",
  ignore: Deno.build.os !== "linux", // elsewhere a thread has no priority of its own
  fn: async () => {
    using pool = startPool();
    const tasks = () => Array.from(Deno.readDirSync("/proc/self/task"), ({ name }) => name);
    const before = tasks();
    await pool.hash(job);

    const priorities = tasks().filter((it) => !before.includes(it)).map((id) => {
      const stat = Deno.readTextFileSync(`/proc/self/task/${id}/stat`);
      return Number(stat.split(") ").at(-1)?.split(" ")[16]);
    });
    ok(priorities.includes(5), `${priorities}`);
    ok((await flagsOf("start", "")).includes("--allow-sys=setPriority"));
  },
});

Deno.test("a job that fails does not fail the next one", async () => {
  using pool = startPool();

  // hash-wasm throws on short salts.
  const failing = pool.hash({ ...job, recipe: { ...job.recipe, salt: new Uint8Array(1) } });
  const next = pool.hash(job);

  await rejects(failing, HasherUnavailable);
  deepEqual(await next, await makeHash(job));
});

Deno.test("a worker that dies fails its job, and the next job gets a new worker", async () => {
  const workers = [
    "data:text/javascript,self.onmessage = () => { throw new Error('dead') }",
    import.meta.resolve("../../../lib/credential/hash_worker.ts"),
  ];
  using pool = startPool(() => new Worker(workers.shift() as string, { type: "module" }));

  await rejects(pool.hash(job), HasherUnavailable);
  deepEqual(await pool.hash(job), await makeHash(job));
});

Deno.test("a hash that takes too long is given up", async () => {
  const silent = "data:text/javascript,";
  using pool = startPool(() => new Worker(silent, { type: "module" }), 50);

  await rejects(pool.hash(job), HashTimedOut);
});

Deno.test("a runtime without workers hashes in this thread", async () => {
  const { Worker } = globalThis;
  Object.assign(globalThis, { Worker: undefined });
  try {
    using pool = startPool();
    deepEqual(await pool.hash(job), await makeHash(job));
  } finally {
    Object.assign(globalThis, { Worker });
  }
});
