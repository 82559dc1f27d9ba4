// Loaded before the app in a process of its own: the database gets the deadline of the tests.
import { SECOND } from "../../lib/time.ts";
import { TIMEOUT } from "./timeouts.ts";

const { setTimeout } = globalThis;
Object.assign(globalThis, {
  setTimeout: (work: () => void, delay?: number) =>
    setTimeout(work, delay === 2 * SECOND ? TIMEOUT : delay),
});
