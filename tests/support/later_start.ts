// Loaded before the app in a process of its own: it starts 31 seconds later, and sweeps only then.
import { MINUTE, SECOND } from "../../lib/time.ts";
import { setClock } from "./clock.ts";
import "./long_deadline.ts";

setClock((now) => now + 31 * SECOND);

const { setInterval } = globalThis;
Object.assign(globalThis, {
  setInterval: (work: () => void, delay: number) => {
    if (delay !== MINUTE) setInterval(work, delay);
  },
});
