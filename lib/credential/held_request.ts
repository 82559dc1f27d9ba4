import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { utf8 } from "../login/bytes.ts";
import type { Seal } from "../seal.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";

/** A form that waits until its user proves again who they are. */
export interface HeldRequest {
  readonly method: string;
  readonly path: string;
  /** The pattern of the path, as it stands in the router. */
  readonly route: string;
  /** The form as it was sent. */
  readonly body: string;
  /** The page that holds the form. */
  readonly page: string;
}

interface HeldRequestRecord {
  readonly v: 1;
  /** Another one for every request: the button on an older page does not send a newer request. */
  readonly id: string;
  /** The request as JSON: it holds what somebody typed. */
  readonly sealed: Uint8Array<ArrayBuffer>;
  /** A random id of the commit that took it; null while it waits. */
  readonly takenBy: string | null;
  readonly expiresAt: Date;
}

/** A held request that may be done. */
export interface FoundHeldRequest {
  readonly id: string;
  readonly request: HeldRequest;
}

const lifetime = 10 * MINUTE;
/** As JSON. */
const MAX_REQUEST_BYTES = 16 * 1024;

/** The request that a session waits to finish, kept under `["held_request", sessionId]`. */
export class HeldRequests {
  readonly #kv: Kv;
  readonly #seal: Seal;
  readonly #now: Clock;

  constructor(kv: Kv, seal: Seal, now: Clock) {
    this.#kv = kv;
    this.#seal = seal;
    this.#now = now;
  }

  /** Keeps a request in the place of an older one; false when it is too long. */
  async hold(sessionId: string, request: HeldRequest): Promise<boolean> {
    const json = JSON.stringify(request);
    if (utf8(json).length > MAX_REQUEST_BYTES) return false;
    const record: HeldRequestRecord = {
      v: 1,
      id: newId(),
      sealed: this.#seal.seal(json, contextOf(sessionId)),
      takenBy: null,
      expiresAt: new Date(this.#now().getTime() + lifetime),
    };
    await this.#kv.atomic().set(keyOf(sessionId), record, { expireIn: lifetime }).commit();
    return true;
  }

  async find(sessionId: string): Promise<FoundHeldRequest | null> {
    const record = readHeldRequest((await this.#kv.get(keyOf(sessionId))).value);
    const request = record && this.#open(sessionId, record);
    return request && { id: record.id, request };
  }

  /** Takes the request with this id: of several calls, one gets it. */
  async take(sessionId: string, id: string): Promise<HeldRequest | null> {
    const takenBy = newId();
    let request: HeldRequest | null = null;
    while (true) {
      const entry = await this.#kv.get(keyOf(sessionId));
      const record = readHeldRequest(entry.value);
      if (record?.takenBy === takenBy) return request; // the commit's answer was lost
      request = record?.id === id ? this.#open(sessionId, record) : null;
      if (!record || !request) return null;
      const expireIn = record.expiresAt.getTime() - this.#now().getTime();
      const taken: HeldRequestRecord = { ...record, sealed: new Uint8Array(), takenBy };
      const operation = this.#kv.atomic().check(entry).set(entry.key, taken, { expireIn });
      if ((await operation.commit()).ok) return request;
    }
  }

  /** Forgets what these sessions wait to finish. */
  async drop(sessionIds: readonly string[]): Promise<void> {
    const operation = this.#kv.atomic();
    for (const id of sessionIds) operation.delete(keyOf(id));
    await operation.commit();
  }

  /** Null when it was taken, or waited for too long. */
  #open(sessionId: string, record: HeldRequestRecord): HeldRequest | null {
    if (record.takenBy !== null || record.expiresAt <= this.#now()) return null;
    const json = this.#seal.open(record.sealed, contextOf(sessionId));
    return json === null ? null : JSON.parse(json);
  }
}

/** Reads a record; null when it is corrupt. */
export function readHeldRequest(value: unknown): HeldRequestRecord | null {
  const record = (value ?? {}) as HeldRequestRecord;
  const isValid = record.v === 1 && typeof record.id === "string" &&
    record.sealed instanceof Uint8Array &&
    (record.takenBy === null || typeof record.takenBy === "string") && isDate(record.expiresAt);
  return isValid ? record : null;
}

function keyOf(sessionId: string): readonly [string, string] {
  return ["held_request", sessionId];
}

function contextOf(sessionId: string): string {
  return keyOf(sessionId).join(" ");
}
