import { type LogEvent, vocabulary } from "./log/events.ts";
import type { Log } from "./log/log.ts";
import type { Kv } from "./kv/kv.ts";
import { SECOND } from "./time.ts";

/**
 * OpenTelemetry, where the process runs with `OTEL_DENO=true`: Deno registers itself under this
 * symbol. Elsewhere it is not even loaded, and everything here does nothing.
 */
const api = Symbol.for("opentelemetry.js.api.1") in globalThis
  ? await import("@opentelemetry/api")
  : null;
const tracer = api?.trace.getTracer("latchkey");
const meter = api?.metrics.getMeter("latchkey");

/** Deno writes these into a span before the app sees the request. */
const urlAttributes = ["url.full", "url.path", "url.query"];
/** Those of RFC 9110 and RFC 5789. */
const methods: readonly string[] = [
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"],
];

/**
 * Keeps addresses of pages out of spans: they hold the tokens of mailed links, and email addresses
 * that somebody searches for. Deno has no setting for it, and an
 * attribute that is written cannot be removed.
 *
 * @returns Whether it could be done.
 */
export function hideUrls(): boolean {
  if (!tracer) return true;
  const span = Object.getPrototypeOf(tracer.startSpan("start"));
  const { setAttribute } = span;
  if (typeof setAttribute !== "function") return false;
  span.setAttribute = function (name: string, value: unknown) {
    if (urlAttributes.includes(name)) return this;
    const told = name === "http.request.method" ? methodName(value) : value;
    return setAttribute.call(this, name, told);
  };
  return true;
}

/** Names the span of the current request by its method and its route, if it has one. */
export function nameSpan(method: string, route: string | null): void {
  const span = api?.trace.getActiveSpan();
  if (!span) return;
  const name = methodName(method);
  span.updateName(route ? `${name} ${route}` : name);
  if (route) span.setAttribute("http.route", route);
}

/** A client can make up any method: those that HTTP does not know share the name of OpenTelemetry. */
function methodName(method: unknown): string {
  return methods.includes(String(method)) ? String(method) : "_OTHER";
}

/**
 * Makes calls of other servers without the `baggage` of the request that is answered: its client
 * wrote it, and Deno would pass it on, with the mails of other people too.
 */
export function withoutBaggage(call: typeof fetch): typeof fetch {
  if (!api) return call;
  const { context, propagation } = api;
  return (input, init) =>
    context.with(propagation.deleteBaggage(context.active()), () => call(input, init));
}

/** Makes a call in a span of its own, which says whether it failed, but not why: that is logged. */
export function traced<T>(name: string, call: () => Promise<T>): Promise<T> {
  if (!api || !tracer) return call();
  const { ERROR } = api.SpanStatusCode;
  return tracer.startActiveSpan(name, (span) =>
    call()
      .catch((error) => {
        span.setStatus({ code: ERROR });
        throw error;
      })
      .finally(() => span.end()));
}

/** Counts the events of a log, also those below its level. */
export function counted(log: Log): Log {
  if (!meter) return log;
  const events = meter.createCounter("latchkey.events", {
    description: "What happened, by the events of the log: logins, failures, mails, outages",
    unit: "{event}",
  });
  const labels = (event: LogEvent) => ({ event, level: vocabulary[event].level });
  return (event, fields) => {
    events.add(1, labels(event));
    log(event, fields);
  };
}

/** Measures how long each hash takes, with the time that it waits in the queue. */
export function timed<Job, Hash>(hash: (job: Job) => Promise<Hash>): (job: Job) => Promise<Hash> {
  if (!meter) return hash;
  const duration = meter.createHistogram("latchkey.hash.duration", {
    description: "Time of a password hash, with its wait for a thread",
    unit: "s",
  });
  return async (job) => {
    const start = performance.now();
    try {
      return await traced("hash", () => hash(job));
    } finally {
      duration.record((performance.now() - start) / SECOND);
    }
  };
}

interface Observed {
  readonly kv: Kv;
  readonly hashPool: { readonly waiting: number };
  readonly outbox: { readonly waiting: number } | null;
}

/** Makes metrics of the counts of the database, the hash queue and the outbox. */
export function observe({ kv, hashPool, outbox }: Observed): void {
  if (!meter) return;
  for (const [name, unit, description, read] of countersOf(kv)) {
    meter.createObservableCounter(`latchkey.${name}`, { unit, description })
      .addCallback((result) => result.observe(read()));
  }
  const observeGauge = (name: string, description: string, read: () => number) =>
    meter.createObservableGauge(`latchkey.${name}`, { description })
      .addCallback((result) => result.observe(read()));
  observeGauge("hash.queue", "Hashes that wait for a thread", () => hashPool.waiting);
  if (!outbox) return;
  observeGauge("outbox.waiting", "Mails that wait, as the last sweep saw", () => outbox.waiting);
}

function countersOf(
  { count }: Kv,
): [name: string, unit: string, what: string, read: () => number][] {
  return [
    ["kv.keys", "{key}", "Keys read", () => count.keys],
    ["kv.round_trips", "{call}", "Calls of the database", () => count.roundTrips],
    ["kv.commits", "{commit}", "Commits", () => count.commits],
    ["kv.deadline_misses", "{call}", "Calls that were given up", () => count.late],
  ];
}
