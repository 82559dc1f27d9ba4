import type { SessionStore, StoreChange } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";

/** A store in memory in which one call waits, after `hold()`, until `letGo()`. */
export function heldStore(
  isMeant: (change: StoreChange) => boolean | undefined = () => true,
  call: "commit" | "list" = "commit",
) {
  const memory = memoryStore(() => new Date(0));
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let holding = false;
  const wait = async () => {
    holding = false;
    reached.resolve();
    await released.promise;
  };
  const store: SessionStore = {
    ...memory,
    list: async (prefix) => {
      if (holding && call === "list") await wait();
      return await memory.list(prefix);
    },
    commit: async (change) => {
      if (holding && call === "commit" && isMeant(change)) await wait();
      return await memory.commit(change);
    },
  };
  return { store, hold: () => holding = true, reached: reached.promise, letGo: released.resolve };
}
