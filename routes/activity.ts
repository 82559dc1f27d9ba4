import type { Context } from "hono";
import type { EventFacts, EventKind } from "../lib/account/event.ts";
import type { Events } from "../lib/account/events.ts";
import { anonymizeAddress } from "../lib/http/client_address.ts";
import { readDevice } from "../lib/http/user_agent.ts";
import { addWrites, type Write } from "../lib/kv/write.ts";

/** Records what a request does to an account in its security timeline. */
export class Activity {
  readonly #events: Events;

  constructor(events: Events) {
    this.#events = events;
  }

  /**
   * The records of an event, for the commit of its cause.
   *
   * @param by The id of the administrator who does it; null for the person themselves.
   */
  async record(
    c: Context,
    userId: string,
    kind: EventKind,
    { facts = {}, by = null }: { readonly facts?: EventFacts; readonly by?: string | null } = {},
  ): Promise<[Write, ...Write[]]> {
    const device = readDevice(c.req.header("user-agent") ?? "");
    const network = anonymizeAddress(c.var.address);
    return await this.#events.records(userId, { kind, device, network, facts, by });
  }

  /** Adds the record of an event to the commit of its cause. */
  async join(
    operation: Deno.AtomicOperation,
    c: Context,
    userId: string,
    kind: EventKind,
    facts: EventFacts = {},
  ): Promise<void> {
    addWrites(operation, await this.record(c, userId, kind, { facts }));
  }
}
