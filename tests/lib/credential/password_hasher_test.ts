import { deepEqual, equal, rejects } from "node:assert/strict";
import { type HashJob, makeHash } from "../../../lib/credential/password_hash.ts";
import { HasherUnavailable, PasswordHasher } from "../../../lib/credential/password_hasher.ts";

const recipe = { algorithm: "argon2id" as const, salt: new Uint8Array(16), lanes: 1, length: 32 };

const job: HashJob = {
  recipe: { ...recipe, memoryKiB: 64, passes: 1 },
  password: "seven quiet otters",
  secret: new Uint8Array(32),
};

function hasher(startWorker?: () => Worker) {
  const made = new PasswordHasher(startWorker);
  return { hash: made.hash, [Symbol.dispose]: () => made.close() };
}

Deno.test("a worker makes the hash that this thread would", async () => {
  using one = hasher();
  deepEqual(await one.hash(job), await makeHash(job));
});

Deno.test("hashing leaves the event loop free", async () => {
  using one = hasher();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);

  await Promise.all(
    Array.from(
      { length: 3 },
      () => one.hash({ ...job, recipe: { ...recipe, memoryKiB: 12288, passes: 3 } }),
    ),
  );
  clearInterval(timer);

  // On this thread it would be 0: a hash does not yield.
  equal(turns > 3, true, `${turns} turns`);
});

Deno.test("workers are recycled, and the answers go to whom they belong", async () => {
  using one = hasher();
  const jobs = Array.from({ length: 9 }, (_, i) => ({ ...job, password: `password ${i}` }));

  const hashes = await Promise.all(jobs.map(one.hash));
  deepEqual(hashes, await Promise.all(jobs.map(makeHash)));
});

Deno.test("beyond the queue a hash is refused at once, and the rest is made", async () => {
  using one = hasher();

  const results = await Promise.allSettled(Array.from({ length: 100 }, () => one.hash(job)));
  const refused = results.filter((it) => it.status === "rejected");
  equal(refused.length, 100 - 97);
  for (const { reason } of refused) equal(reason instanceof HasherUnavailable, true);
});

Deno.test("a poison job fails alone", async () => {
  using one = hasher();

  const poison = one.hash({
    ...job,
    recipe: { ...recipe, salt: new Uint8Array(1), memoryKiB: 64, passes: 1 },
  }); // hash-wasm throws on short salts
  const sound = one.hash(job);

  await rejects(poison, HasherUnavailable);
  deepEqual(await sound, await makeHash(job));
});

Deno.test("a worker that dies fails its hash, and the next hash has another one", async () => {
  const dying = () =>
    new Worker("data:text/javascript,self.onmessage = () => { throw new Error('dead') }", {
      type: "module",
    });
  let first = true;
  using one = hasher(() => {
    if (!first) {
      return new Worker(new URL("../../../lib/credential/password_worker.ts", import.meta.url), {
        type: "module",
      });
    }
    first = false;
    return dying();
  });

  await rejects(one.hash(job), HasherUnavailable);
  deepEqual(await one.hash(job), await makeHash(job));
});

Deno.test("without workers the hash is made on this thread", async () => {
  const { Worker } = globalThis;
  Object.assign(globalThis, { Worker: undefined });
  try {
    using one = hasher();
    deepEqual(await one.hash(job), await makeHash(job));
  } finally {
    Object.assign(globalThis, { Worker });
  }
});
