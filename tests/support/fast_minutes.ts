// Loaded before the app in a process of its own: its clock is 20 times as fast, its minutes pass at
// once.
import { MINUTE } from "../../lib/time.ts";
import { setClock } from "./clock.ts";
import "./long_deadline.ts";

const start = Date.now();
setClock((now) => start + 20 * (now - start));

const { setInterval } = globalThis;
Object.assign(globalThis, {
  setInterval: (work: () => void, delay: number) =>
    setInterval(work, delay === MINUTE ? 50 : delay),
});
