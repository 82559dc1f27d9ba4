import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HttpApiTransport } from "../../../lib/mail/http_api.ts";
import { type Mail, MailNotSent, MailRefused } from "../../../lib/mail/mail.ts";
import { TIMEOUT } from "../../support/timeouts.ts";

const mail: Mail = {
  to: { name: "Ann, <eve@example.test>", address: "ann@example.test" },
  subject: "Set a new password",
  text: "Open this link:\n\nhttps://app.example/password-reset/a.b.c\n",
  html: "<p>Open this link</p>",
  messageId: "<20261122.abc@app.example>",
};

/** The HTTP API of a provider, on this machine. */
class MailApi implements AsyncDisposable {
  readonly requests: { readonly path: string; readonly headers: Headers; body: unknown }[] = [];
  answer: () => Response | Promise<Response> = () => Response.json({ id: "1" });
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const path = new URL(request.url).pathname;
        this.requests.push({ path, headers: request.headers, body: await request.json() });
        return await this.answer();
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/v1/emails`;
  }

  deliver(deadline = TIMEOUT, from = { name: "Latchkey", address: "no-reply@app.example" }) {
    const transport = new HttpApiTransport({ url: this.url, key: "re_key", from, fetch, deadline });
    return transport.deliver(mail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function failureOf(sending: Promise<string>): Promise<MailNotSent> {
  const error = await sending.then(() => null, (error) => error);
  ok(error instanceof MailNotSent, Deno.inspect(error));
  ok(!/example\.test|re_key|127\.0\.0\.1/.test(error.message), error.message);
  equal(error.cause, undefined);
  return error;
}

Deno.test("a mail is posted in the shape of the API, with one recipient [SEC-G4]", async () => {
  await using api = new MailApi();

  equal(await api.deliver(), '{"id":"1"}');
  equal(api.requests.length, 1);
  const [{ path, headers, body }] = api.requests as [MailApi["requests"][0]];
  equal(path, "/v1/emails");
  equal(headers.get("authorization"), "Bearer re_key");
  equal(headers.get("content-type"), "application/json");
  equal(headers.get("idempotency-key"), mail.messageId);
  deepEqual(body, {
    from: "Latchkey <no-reply@app.example>",
    to: ["ann@example.test"],
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers: { "Auto-Submitted": "auto-generated", "Message-ID": mail.messageId },
  });
});

const senders: [name: string, written: string][] = [
  ["", "no-reply@app.example"],
  ["Schlüssel & Söhne", "Schlüssel & Söhne <no-reply@app.example>"],
  ['Ann "A" Inc., \\', '"Ann \\"A\\" Inc., \\\\" <no-reply@app.example>'],
];

for (const [name, written] of senders) {
  Deno.test(`a sender with the name "${name}" is written as ${written}`, async () => {
    await using api = new MailApi();
    await api.deliver(TIMEOUT, { name, address: "no-reply@app.example" });
    equal((api.requests[0]?.body as { from: string }).from, written);
  });
}

const refusing = [400, 422];
const passing = [301, 307, 401, 402, 403, 404, 405, 408, 409, 413, 425, 429, 500, 503];

for (const status of [...refusing, ...passing]) {
  const isForGood = refusing.includes(status);
  Deno.test(`an answer of ${status} ${isForGood ? "is for good" : "may pass"}`, async () => {
    await using api = new MailApi();
    const headers = { location: `${api.url}/elsewhere` };
    api.answer = () => new Response("no: ann@example.test", { status, headers });

    const failure = await failureOf(api.deliver());
    equal(failure instanceof MailRefused, isForGood);
    equal(failure.message, `Cannot send a mail: the mail API answered ${status}`);
    equal(failure.answer, "no: ann@example.test");
    equal(api.requests.length, 1, "a redirect is not followed");
  });
}

Deno.test("an API that hangs does not keep a mail longer than the deadline", async () => {
  await using api = new MailApi();
  const ending = Promise.withResolvers<Response>();
  api.answer = () => ending.promise;
  const neverEnds = new ReadableStream({ start: (it) => it.enqueue(new Uint8Array(1)) });

  const failure = await failureOf(api.deliver(200));
  equal(failure.message, "Cannot send a mail: the mail API did not answer in time");
  ok(!(failure instanceof MailRefused));
  ending.resolve(new Response());
  api.answer = () => new Response(neverEnds);
  equal((await failureOf(api.deliver(200))).message, failure.message);
});

Deno.test("of an answer without end only the beginning is read", async () => {
  await using api = new MailApi();
  const pull = (it: ReadableStreamDefaultController) => it.enqueue(new Uint8Array(1000).fill(97));
  api.answer = () => new Response(new ReadableStream({ pull }), { status: 422 });

  match((await failureOf(api.deliver())).answer, /^a{4096}$/);
});

Deno.test("an API that is not there can be tried again", async () => {
  const api = new MailApi();
  const { url } = api;
  await api[Symbol.asyncDispose]();
  const from = { name: "", address: "no-reply@app.example" };
  const transport = new HttpApiTransport({ url, key: "re_key", from, fetch, deadline: TIMEOUT });

  const failure = await failureOf(transport.deliver(mail));
  equal(failure.message, "Cannot send a mail: the mail API cannot be reached");
  ok(!(failure instanceof MailRefused));
});
