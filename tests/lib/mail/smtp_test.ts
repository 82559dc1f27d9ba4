import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type Mail, MailNotSent, MailRefused } from "../../../lib/mail/mail.ts";
import { SmtpTransport } from "../../../lib/mail/smtp.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { type MailFault, MailServer } from "../../support/mail_server.ts";
import { TIMEOUT } from "../../support/timeouts.ts";

const from = { name: "Latchkey", address: "no-reply@app.example" };
const mail: Mail = {
  to: { name: "Ann", address: "ann@example.test" },
  subject: "Set a new password",
  text: "Open this link:\n\nhttps://app.example/password-reset/a.b.c\n",
  html: "<p>Open this link</p>",
  messageId: "<20261122.abc@app.example>",
};
const login = { user: "latchkey@app.example", password: "p:ss/w@rd %?" };

/** After a failure nodemailer's timers run on for a moment. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

class Client implements AsyncDisposable {
  readonly #transport: SmtpTransport;
  constructor(url: string, deadline = TIMEOUT) {
    this.#transport = new SmtpTransport({ url, from, deadline });
  }
  deliver(changes: Partial<Mail> = {}): Promise<string> {
    return this.#transport.deliver({ ...mail, ...changes });
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.close();
  }
}

async function failureOf(sending: Promise<string>): Promise<MailNotSent> {
  const error = await sending.then(() => null, (error) => error);
  ok(error instanceof MailNotSent, Deno.inspect(error));
  ok(!/example\.test|p:ss|latchkey@|127\.0\.0\.1/.test(error.message), error.message);
  equal(error.cause, undefined);
  return error;
}

test("a mail arrives as it was written", async () => {
  await using server = await MailServer.start({ login });
  await using client = new Client(server.url);

  match(await client.deliver(), /^250 /);
  const got = await server.waitFor("ann@example.test");
  deepEqual(
    [got.from, got.subject, got.text.trim(), got.html.trim()],
    ["no-reply@app.example", mail.subject, mail.text.trim(), mail.html],
  );
  equal(got.headers.get("message-id"), mail.messageId);
  equal(got.headers.get("auto-submitted"), "auto-generated");
  equal(got.headers.get("from"), "Latchkey <no-reply@app.example>");
  equal(got.headers.get("to"), "Ann <ann@example.test>");
  equal(got.user, login.user);
  match(got.source, /^https:\/\/app\.example\/password-reset\/a\.b\.c\r$/m);
});

test("mails one after the other share a connection", async () => {
  await using server = await MailServer.start();
  await using client = new Client(server.url);

  for (let i = 0; i < 5; i++) await client.deliver();
  equal(server.received.length, 5);
  equal(server.connections, 1);
});

test("a name or an address that holds another address adds no recipient [SEC-G4]", async () => {
  await using server = await MailServer.start();
  await using client = new Client(server.url);

  const name = 'Ann" <eve@example.test>,\r\nBcc: eve@example.test\r\n';
  await client.deliver({
    to: { name, address: "ann@example.test" },
    subject: "A\r\nBcc: eve@b.test",
  });
  deepEqual(server.received.map(({ to }) => to), ["ann@example.test"]);
  equal(server.received[0]?.headers.has("bcc"), false);
  const addresses = ["ann@b.test\r\nBcc: eve@b.test", "ann@b.test>, <eve@b.test", ""];
  for (const address of addresses) {
    await rejects(client.deliver({ to: { name: "", address } }), MailRefused);
  }
  equal(server.received.length, 1);
});

const answers: [at: MailFault["at"], answer: string, isForGood: boolean][] = [
  ["rcpt", "550", true],
  ["rcpt", "550 5.1.1", true],
  ["rcpt", "501 5.1.3", true],
  ["rcpt", "550 5.2.1", true],
  ["rcpt", "553", true],
  ["data", "554", true],
  ["data", "554 5.6.0", true],
  ["rcpt", "550 5.7.1", false],
  ["rcpt", "554 5.7.1", false],
  ["data", "554 5.7.1", false],
  ["data", "550 5.7.26", false],
  ["rcpt", "552 5.2.2", false],
  ["data", "552", false],
  ["rcpt", "450", false],
  ["rcpt", "450 4.1.1", false],
  ["rcpt", "454", false],
  ["rcpt", "421", false],
  ["rcpt", "503", false],
  ["rcpt", "530 5.7.0", false],
  ["data", "451", false],
  ["mail", "550", false],
  ["mail", "550 5.1.8", false],
  ["connect", "554", false],
  ["connect", "421", false],
];

for (const [at, answer, isForGood] of answers) {
  const claim = isForGood ? "is for good" : "may pass";
  test(`an answer of ${answer} at ${at} ${claim}, and is told without an address`, async () => {
    await using server = await MailServer.start({ more: { hideENHANCEDSTATUSCODES: true } });
    await using client = new Client(server.url);
    const [code, enhanced = ""] = answer.split(" ");
    server.fault = { at, answer: Number(code), enhanced };

    const failure = await failureOf(client.deliver());
    equal(failure instanceof MailRefused, isForGood);
    deepEqual(server.received, []);
    server.fault = null;
    await client.deliver();
    equal(server.received.length, 1);
  });
}

test("the failure says what was answered, and keeps the server's sentence apart", async () => {
  await using server = await MailServer.start();
  await using client = new Client(server.url);
  server.fault = { at: "rcpt", answer: 550 };

  const failure = await failureOf(client.deliver());
  match(failure.message, /^Cannot send a mail: the mail server answered 550 5\.\d\.\d to RCPT TO$/);
  match(failure.answer, /person@example\.test/);
});

test("a wrong password is not the mail's fault, and is not told", async () => {
  await using server = await MailServer.start({ login });
  await using client = new Client(server.urlFor({ ...login, password: "p:ss-wrong" }));

  const failure = await failureOf(client.deliver());
  ok(!(failure instanceof MailRefused));
  match(
    failure.message,
    /^Cannot send a mail: the mail server answered 535 5\.7\.8 to AUTH PLAIN$/,
  );
  ok(!failure.answer.includes("p:ss-wrong"));
});

for (const at of ["connect", "mail", "rcpt", "data"] as const) {
  test(`a server that hangs at ${at} does not keep a mail longer than the deadline`, async () => {
    await using server = await MailServer.start();
    await using client = new Client(server.url, 200);
    server.fault = { at, answer: "hang" };

    const failure = await failureOf(client.deliver());
    ok(!(failure instanceof MailRefused));
    match(failure.message, /did not answer in time$/);
  });

  test(`a server that drops the connection at ${at} can be tried again`, async () => {
    await using server = await MailServer.start();
    await using client = new Client(server.url);
    server.fault = { at, answer: "drop" };

    const failure = await failureOf(client.deliver());
    ok(!(failure instanceof MailRefused));
    if (at !== "connect") equal(server.connections, 1, "only the outbox tries again");
    server.fault = null;
    await client.deliver();
    equal(server.received.length, 1);
  });
}

test("a mail after the server ended an idle connection takes another one", async () => {
  await using server = await MailServer.start();
  await using client = new Client(server.url);

  await client.deliver();
  server.dropConnections();
  await client.deliver();
  deepEqual([server.connections, server.received.length], [2, 2]);
});

test("a server that is not there can be tried again", async () => {
  const server = await MailServer.start();
  const { url } = server;
  await server[Symbol.asyncDispose]();
  await using client = new Client(url);

  const failure = await failureOf(client.deliver());
  ok(!(failure instanceof MailRefused));
  equal(failure.message, "Cannot send a mail: ECONNREFUSED");
});

/** For the app this address is not the machine itself. */
const elsewhere = { hostname: "0.0.0.0" } as const;

test("to another machine no mail and no password goes unencrypted", async () => {
  await using server = await MailServer.start({ ...elsewhere, login });
  await using client = new Client(server.url);

  await failureOf(client.deliver());
  deepEqual([server.connections, server.logins, server.received.length], [1, 0, 0]);
});

for (const kind of ["starttls", "implicit"] as const) {
  test(`to another machine no mail goes behind a certificate nobody signed: ${kind}`, async () => {
    const tls = { kind, certificate: await makeCertificate() };
    await using server = await MailServer.start({ ...elsewhere, tls, login });
    await using client = new Client(server.url);

    const failure = await failureOf(client.deliver());
    ok(!(failure instanceof MailRefused));
    deepEqual([server.logins, server.received.length], [0, 0]);
  });
}

test("on the same machine STARTTLS is used, with any certificate", async () => {
  const tls = { kind: "starttls", certificate: await makeCertificate() } as const;
  await using server = await MailServer.start({ tls, login });
  await using client = new Client(server.url);

  await client.deliver();
  deepEqual(server.received.map(({ secure, user }) => [secure, user]), [[true, login.user]]);
});
