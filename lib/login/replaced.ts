import { isDate, MINUTE } from "./clock.ts";
import { isText, type RecordToRead, type SessionKey } from "./session.ts";

/** A request that is under way when its session is replaced is answered within this, in milliseconds. */
export const replacedFor = MINUTE;

/** What stands in a replaced session's place for a while: by which session, when, and who may be told. */
export interface Replaced {
  readonly v: 1;
  readonly replacedAt: Date;
  readonly replacedBy: SessionKey;
  readonly secretDigest: string;
}

/** Reads what stands in a replaced session's place; null when it is something else. */
export function readReplaced({ value }: RecordToRead): Replaced | null {
  const { v, replacedAt, replacedBy, secretDigest } = (value ?? {}) as Partial<Replaced>;
  const sound = v === 1 && isDate(replacedAt) && isText(secretDigest) &&
    isText(replacedBy?.userId) && isText(replacedBy?.id);
  return sound ? value as Replaced : null;
}

/** When it is of no use any more. */
export function endOfReplaced({ replacedAt }: Replaced): Date {
  return new Date(replacedAt.getTime() + replacedFor);
}
