import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { type HashJob, makeHash } from "../../../lib/credential/hash_algorithms.ts";
import {
  HasherUnavailable,
  HashTimedOut,
  PasswordHasher,
} from "../../../lib/credential/password_hasher.ts";

const argon2 = { algorithm: "argon2id" as const, salt: new Uint8Array(16), lanes: 1, length: 32 };

const job: HashJob = {
  recipe: { ...argon2, memoryKiB: 64, passes: 1 },
  password: "seven quiet otters",
  secret: new Uint8Array(32),
};

function startHasher(startWorker?: () => Worker, deadline?: number) {
  const hasher = new PasswordHasher(startWorker, deadline);
  return { hash: hasher.hash, [Symbol.dispose]: () => hasher.close() };
}

Deno.test("a worker makes the same hash as this thread", async () => {
  using hasher = startHasher();
  deepEqual(await hasher.hash(job), await makeHash(job));
});

Deno.test("hashing leaves the event loop free", async () => {
  using hasher = startHasher();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);

  const slowJob = { ...job, recipe: { ...argon2, memoryKiB: 12288, passes: 3 } };
  await Promise.all([slowJob, slowJob, slowJob].map(hasher.hash));
  clearInterval(timer);

  // A hash in this thread would let no timer run.
  ok(turns > 3, `${turns} turns`);
});

Deno.test("across recycled workers each job gets its own hash", async () => {
  using hasher = startHasher();
  const jobs = Array.from({ length: 9 }, (_, i) => ({ ...job, password: `password ${i}` }));

  const hashes = await Promise.all(jobs.map(hasher.hash));
  deepEqual(hashes, await Promise.all(jobs.map(makeHash)));
});

Deno.test("a job beyond the queue is refused at once, the others are done", async () => {
  using hasher = startHasher();

  const results = await Promise.allSettled(Array.from({ length: 100 }, () => hasher.hash(job)));
  const refused = results.filter((it) => it.status === "rejected");
  equal(refused.length, 100 - 97);
  for (const { reason } of refused) ok(reason instanceof HasherUnavailable);
});

Deno.test("a job that fails does not fail the next one", async () => {
  using hasher = startHasher();

  // hash-wasm throws on short salts.
  const failing = hasher.hash({ ...job, recipe: { ...job.recipe, salt: new Uint8Array(1) } });
  const next = hasher.hash(job);

  await rejects(failing, HasherUnavailable);
  deepEqual(await next, await makeHash(job));
});

Deno.test("a worker that dies fails its job, and the next job gets a new worker", async () => {
  const workers = [
    "data:text/javascript,self.onmessage = () => { throw new Error('dead') }",
    import.meta.resolve("../../../lib/credential/hash_worker.ts"),
  ];
  using hasher = startHasher(() => new Worker(workers.shift() as string, { type: "module" }));

  await rejects(hasher.hash(job), HasherUnavailable);
  deepEqual(await hasher.hash(job), await makeHash(job));
});

Deno.test("a hash that takes too long is given up", async () => {
  const silent = "data:text/javascript,";
  using hasher = startHasher(() => new Worker(silent, { type: "module" }), 50);

  await rejects(hasher.hash(job), HashTimedOut);
});

Deno.test("a runtime without workers hashes in this thread", async () => {
  const { Worker } = globalThis;
  Object.assign(globalThis, { Worker: undefined });
  try {
    using hasher = startHasher();
    deepEqual(await hasher.hash(job), await makeHash(job));
  } finally {
    Object.assign(globalThis, { Worker });
  }
});
