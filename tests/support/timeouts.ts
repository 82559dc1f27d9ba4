import { Kv } from "../../lib/kv/kv.ts";

/** How long a call to the database may take: a busy machine is no outage. In milliseconds. */
export const TIMEOUT = 60_000;

Kv.deadline = TIMEOUT;
