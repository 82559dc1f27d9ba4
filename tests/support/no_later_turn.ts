// Loaded before the app in a process of its own: what it leaves to a later turn never happens. So a
// mail is committed, and nobody claims it.
import "./long_deadline.ts";

const { setTimeout } = globalThis;
Object.assign(globalThis, {
  setTimeout: (work: () => void, delay?: number) =>
    delay === undefined ? undefined : setTimeout(work, delay),
});
