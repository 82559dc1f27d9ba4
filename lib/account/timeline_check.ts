import { timingSafeEqual } from "../login/bytes.ts";
import type { Kv } from "../kv/kv.ts";
import { type EventRecord, type Predecessor, readEvent } from "./event.ts";
import { type Events, MAX_EVENTS } from "./events.ts";
import { timeOfUlid } from "./ulid.ts";

/** What is wrong with a line of a timeline. */
export const timelineProblems = {
  unreadable: "the line cannot be read",
  changed: "the line was changed, or written without the key",
  removed: "a line before this one was removed",
};

export interface TimelineFinding {
  readonly problem: keyof typeof timelineProblems;
  readonly userId: string;
  /** The line; of a removed one, that which names it. */
  readonly id: string;
}

/**
 * Looks for lines of a timeline that were changed or removed: each one names those before it by
 * their keyed digests. Only the newest line leaves no trace when it is removed.
 */
export async function* checkTimeline(
  kv: Kv,
  events: Events,
  userId: string,
  now: Date,
): AsyncGenerator<TimelineFinding> {
  const lines = new Map<string, EventRecord>();
  for await (const { key, value } of kv.list({ prefix: ["event", userId] })) {
    const id = String(key[2]);
    const record = readEvent(value);
    if (record) lines.set(id, record);
    else yield { problem: "unreadable", userId, id };
  }
  const last = Math.max(0, ...[...lines.values()].map(({ n }) => n));
  for (const [id, line] of lines) {
    const macs = events.macsOf(userId, { ...line, id });
    if (!macs.some((mac) => timingSafeEqual(mac, line.mac))) {
      yield { problem: "changed", userId, id };
      continue;
    }
    const isMissing = (it: Predecessor) => {
      const found = lines.get(it.id);
      if (found) return found.mac !== it.mac;
      return it.n > last - MAX_EVENTS && !isExpired(it, line, now);
    };
    if (line.after.some(isMissing)) yield { problem: "removed", userId, id };
  }
}

/** Whether a line ended by its date: it was written before the one that names it. */
function isExpired({ id }: Predecessor, { at, expiresAt }: EventRecord, now: Date): boolean {
  const keptFor = expiresAt.getTime() - at.getTime();
  return timeOfUlid(id) + keptFor <= now.getTime();
}
