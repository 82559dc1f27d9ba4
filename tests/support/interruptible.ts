import { type HashJob, makeHash } from "../../lib/credential/hash_algorithms.ts";

/** A hash function that runs a callback, once, before it returns. */
export function interruptible() {
  let act: () => Promise<unknown> = () => Promise.resolve();
  const hash = async (job: HashJob) => {
    const digest = await makeHash(job);
    const once = act;
    act = () => Promise.resolve();
    await once();
    return digest;
  };
  return { hash, meanwhile: (next: () => Promise<unknown>) => void (act = next) };
}
