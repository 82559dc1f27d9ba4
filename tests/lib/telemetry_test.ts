import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Server } from "../support/server.ts";
import { eventually } from "../support/timeouts.ts";

interface Span {
  readonly name: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
}

interface Metric {
  readonly name: string;
  readonly sum?: Points;
  readonly gauge?: Points;
  readonly histogram?: Points;
}

interface Points {
  readonly dataPoints: readonly {
    attributes: readonly { key: string; value: { stringValue: string } }[];
    asInt?: string | number;
    asDouble?: number;
    count?: string;
  }[];
}

/** A collector, which keeps what it gets, and a mail API beside it. */
class Collector implements AsyncDisposable {
  readonly mails: string[] = [];
  readonly mailHeaders: Headers[] = [];
  readonly traces: string[] = [];
  readonly metrics: string[] = [];
  readonly logs: string[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const kept = {
        "/v1/traces": this.traces,
        "/v1/metrics": this.metrics,
        "/v1/logs": this.logs,
      };
      if (pathname === "/emails") this.mailHeaders.push(request.headers);
      (kept[pathname as keyof typeof kept] ?? this.mails).push(await request.text());
      return Response.json({});
    },
  );

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get spans(): Span[] {
    return this.traces.flatMap((text) =>
      JSON.parse(text).resourceSpans.flatMap((it: { scopeSpans: { spans: Span[] }[] }) =>
        it.scopeSpans.flatMap(({ spans }) => spans)
      )
    );
  }

  /** The last value of a metric, of the points with this event. */
  valueOf(name: string, event?: string): number | undefined {
    const all: Metric[] = this.metrics.flatMap((text) =>
      JSON.parse(text).resourceMetrics.flatMap((it: { scopeMetrics: { metrics: Metric[] }[] }) =>
        it.scopeMetrics.flatMap(({ metrics }) => metrics)
      )
    );
    const points = all.filter((it) => it.name === name)
      .flatMap(({ sum, gauge, histogram }) => (sum ?? gauge ?? histogram)?.dataPoints ?? [])
      .filter(({ attributes }) =>
        event === undefined || attributes.some(({ value }) => value.stringValue === event)
      );
    const last = points.at(-1);
    return last && Number(last.asInt ?? last.asDouble ?? last.count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** The status of an answer, whose body nobody needs. */
async function statusOf(answer: Promise<Response>): Promise<number> {
  const { body, status } = await answer;
  await body?.cancel();
  return status;
}

const password = "canary seven quiet otters row";
const email = "canary.ada@example.com";

Deno.test("telemetry names each request by its route, counts what happens, and tells nothing about people", async () => {
  await using collector = await Promise.resolve(new Collector());
  await using server = await Server.create({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRIC_EXPORT_INTERVAL: "200",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    MAIL_FROM: "Latchkey <no-reply@app.example>",
    MAIL_API_URL: `${collector.origin}/emails`,
    MAIL_API_KEY: "canary-key",
  });
  await server.start();
  const browser = server.browser();
  browser.userAgent = "CanaryBrowser/1.0";

  await statusOf(browser.post("/register", { name: "Canary Ada", email, password }));
  await eventually(() => collector.mails.length > 0);
  const [, path = ""] = /(\/verify-email\/[\w.-]+)/.exec(collector.mails.join()) ?? [];
  const token = path.replace("/verify-email/", "");
  ok(token, "the mail has a link");
  await statusOf(browser.get(path));
  equal(await statusOf(browser.post("/verify-email/confirm")), 303);
  await statusOf(browser.post("/logout"));
  await statusOf(browser.post("/login", { email, password: "canary wrong" }));
  equal(await statusOf(browser.post("/login?next=%2Fcanary", { email, password })), 303);
  for (const page of ["/profile", "/account/sessions", "/undo/canary", "/canary", "/?q=canary"]) {
    await statusOf(browser.get(page, { authorization: "Bearer canary" }));
  }
  await statusOf(browser.post("/profile", { name: "Canary Byron" }));
  await statusOf(browser.get(`/login?next=%2Faccount%3Fcanary`));
  await statusOf(browser.get("/admin/users?q=canary.ada%40example.com"));

  await eventually(() => collector.valueOf("latchkey.events", "authn_login_fail") === 1);
  await eventually(() => collector.spans.some(({ name }) => name === "GET /admin/users"));
  equal((await server.stop()).code, 0);

  const names = new Set(collector.spans.map(({ name }) => name));
  for (
    const name of [
      ...["POST /register", "GET /verify-email/:token", "POST /login", "GET /profile"],
      ...["GET /undo/:token", "kv.get", "kv.commit", "kv.list", "hash"],
    ]
  ) ok(names.has(name), `${name} is missing in ${[...names].join(", ")}`);
  equal(collector.valueOf("latchkey.events", "authn_login_success"), 1);
  equal(collector.valueOf("latchkey.events", "authn_login_successafterfail"), 1);
  equal(collector.valueOf("latchkey.events", "mail_sent"), 1);
  ok((collector.valueOf("latchkey.hash.duration") ?? 0) >= 3);
  equal(collector.valueOf("latchkey.hash.queue"), 0);
  equal(collector.valueOf("latchkey.outbox.waiting"), 0);
  equal(collector.valueOf("latchkey.kv.deadline_misses"), 0);
  ok((collector.valueOf("latchkey.kv.commits") ?? 0) > 3);

  const told = [...collector.traces, ...collector.metrics, ...collector.logs].join("\n");
  const cookies = [...browser.cookies.values()].flatMap((value) => value.split("."));
  const canaries = ["canary", email, token, ...token.split("."), ...cookies, "127.0.0.1"];
  const leaks = canaries.filter((it) => it && told.toLowerCase().includes(it.toLowerCase()));
  deepEqual(leaks, []);
  const attributes = new Set(
    collector.spans.flatMap((span) => span.attributes.map((it) => it.key)),
  );
  for (const name of ["url.full", "url.path", "url.query"]) ok(!attributes.has(name), name);
});

Deno.test("what a client makes up for its traces gets neither into ours nor to other servers", async () => {
  await using collector = await Promise.resolve(new Collector());
  await using server = await Server.create({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    MAIL_FROM: "Latchkey <no-reply@app.example>",
    MAIL_API_URL: `${collector.origin}/emails`,
    MAIL_API_KEY: "key",
  });
  await server.start();
  const browser = server.browser();
  const madeUp = { baggage: "canary=1", tracestate: "canary=1" };

  const ann = { name: "Ann", email, password };
  equal(await statusOf(browser.post("/register", ann, madeUp)), 303);
  const unknown = await fetch(`${server.origin}/`, { method: "CANARY", headers: madeUp });
  await unknown.body?.cancel();
  await eventually(() => collector.mails.length > 0);
  await eventually(() => collector.spans.some(({ name }) => name === "_OTHER"));
  equal((await server.stop()).code, 0);

  const sent = collector.mailHeaders.flatMap((headers) => [...headers].flat()).join("\n");
  match(sent, /^traceparent$/m); // it is passed on, as far as it is ours
  deepEqual([...sent.matchAll(/canary.*/gi)].map(String), []);
  deepEqual([...collector.traces.join().matchAll(/canary.*/gi)].map(String), []);
});

Deno.test("without OTEL_DENO the process loads no telemetry and calls no collector", async () => {
  await using collector = await Promise.resolve(new Collector());
  await using server = await Server.create({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin });
  await server.start();
  equal(await statusOf(server.browser().get("/login")), 200);
  const { text } = await server.stop();
  match(text, /sys_shutdown/);
  deepEqual([...collector.traces, ...collector.metrics], []);
});
