import { deepEqual, equal, ok } from "node:assert/strict";
import { z } from "zod";
import type { LogFields } from "../../lib/log/log.ts";
import { type LogEvent, type Meaning, vocabulary } from "../../lib/log/events.ts";

export interface LogLine {
  readonly event: LogEvent;
  readonly level: string;
  readonly facts: LogFields;
}

/** Every field that a log line may have. */
const shape = z.strictObject({
  datetime: z.iso.datetime({ offset: true }),
  appid: z.literal("latchkey"),
  event: z.enum(Object.keys(vocabulary) as [LogEvent, ...LogEvent[]]),
  level: z.string(),
  outcome: z.enum(["success", "failure"]).optional(),
  requestId: z.uuid(),
  userId: z.string().min(1).nullable(),
  sourceAddress: z.union([z.ipv4(), z.ipv6()]).nullable(),
  userAgent: z.string().max(256).nullable(),
  method: z.string(),
  route: z.string().nullable(),
  status: z.int().optional(),
  durationMs: z.int().nonnegative().optional(),
  reason: z.string().regex(/^\w+$/).optional(),
  email: z.string().regex(/^.…@[a-z0-9.-]+$/u).optional(),
  fields: z.string().optional(),
  action: z.string().regex(/^[a-z-]+$/).optional(),
  target: z.string().min(1).optional(),
  failures: z.int().positive().optional(),
  limit: z.enum([
    "account",
    "device",
    "totp",
    "recovery_code",
    "passkey",
    "network",
    "ipv6_block",
    "registration",
    "registration_ipv6_block",
    "mail",
    "mail_network",
    "mail_ipv6_block",
    "api_token",
  ]).optional(),
  retryAfter: z.int().positive().optional(),
  site: z.string().optional(),
  origin: z.string().optional(),
  count: z.int().positive().optional(),
  droppedEvent: z.enum(Object.keys(vocabulary)).optional(),
  directive: z.string().regex(/^[a-z-]{1,40}$/).optional(),
  blocked: z.string().max(100).optional(),
  provider: z.string().regex(/^[a-z][a-z0-9-]*$/).optional(),
  page: z.string().regex(/^(\/[\w./:-]*|unknown)$/).optional(),
  mailId: z.string().regex(/^[\w-]{31}$/).optional(),
  attempts: z.int().nonnegative().optional(),
  keyId: z.string().length(8).optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  stack: z.string().optional(),
});

/** The shape of events that may happen outside a request. */
const shapeOutside = shape.partial({
  requestId: true,
  userId: true,
  sourceAddress: true,
  userAgent: true,
  method: true,
  route: true,
});

const outsideRequests: readonly string[] = [
  "record_corrupt",
  "password_key_unknown",
  "log_lines_dropped",
  "mail_sent",
  "mail_delayed",
  "mail_refused",
  "mail_expired",
  "mail_given_up",
  "outbox_failed",
  "not_ready",
  "ready_again",
  "unavailable",
  "listener_failed",
];

/** Parses a log line, and asserts that its fields are valid (SEC-N2). */
export function readLogLine(line: string, patterns: readonly string[]): LogLine {
  ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line), `not one line of visible characters: ${line}`);
  const read = JSON.parse(line);
  const { datetime: _, appid: __, event, level, outcome, ...facts } =
    (outsideRequests.includes(read.event) ? shapeOutside : shape).parse(read);
  const meaning: Meaning = vocabulary[event];
  deepEqual({ level, outcome }, { level: meaning.level, outcome: meaning.outcome }, line);
  ok(!facts.route || patterns.includes(facts.route), `no route of ours: ${line}`);
  equal(facts.status !== undefined, event === "request", line);
  equal(facts.durationMs !== undefined, event === "request", line);
  return { event, level, facts };
}
