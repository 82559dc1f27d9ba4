import { type Clock, MINUTE } from "../time.ts";
import { type LogEvent, type Meaning, vocabulary } from "./events.ts";

const MAX_LINES_PER_MINUTE = 20;

/** Bounds the lines of each event that guests can cause, so that they cannot flood alarms. */
export class LineLimit {
  #now: Clock;
  #minute = 0;
  #lines = new Map<LogEvent, number>();

  constructor(now: Clock) {
    this.#now = now;
  }

  /** Counts a line, and decides whether it is written. */
  admits(event: LogEvent): boolean {
    const { byGuests }: Meaning = vocabulary[event];
    if (!byGuests) return true;
    const lines = (this.#lines.get(event) ?? 0) + 1;
    this.#lines.set(event, lines);
    return lines <= MAX_LINES_PER_MINUTE;
  }

  /** How many lines of each event were left out, once their minute is over or the app stops. */
  takeExcess(event: LogEvent): [event: LogEvent, count: number][] {
    const minute = Math.floor(this.#now().getTime() / MINUTE);
    if (minute === this.#minute && event !== "sys_shutdown") return [];
    const excess = [...this.#lines]
      .map(([event, lines]): [LogEvent, number] => [event, lines - MAX_LINES_PER_MINUTE])
      .filter(([, count]) => count > 0);
    this.#minute = minute;
    this.#lines.clear();
    return excess;
  }
}
