import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeCertificate } from "../../support/certificate.ts";
import { MailServer } from "../../support/mail_server.ts";
import { runTask } from "../../support/task.ts";

const login = { user: "latchkey", password: "a secret of the server" };

async function tryMail(environment: Record<string, string>, ...args: string[]) {
  const unset = { MAIL_FROM: "", SMTP_URL: "", MAIL_API_URL: "", MAIL_API_KEY: "" };
  return await runTask("mail:test", "/nowhere", args, ":memory:", { ...unset, ...environment });
}

function settings(SMTP_URL: string): Record<string, string> {
  return { MAIL_FROM: "Latchkey <no-reply@app.example>", SMTP_URL };
}

// The whole way with a certificate that the process trusts, because an authority can be added to a
// process only.
for (const kind of ["starttls", "implicit"] as const) {
  Deno.test(`deno task mail:test sends to another machine through TLS: ${kind}`, async () => {
    const certificate = await makeCertificate();
    const tls = { kind, certificate };
    await using server = await MailServer.start({ hostname: "0.0.0.0", tls, login });
    const DENO_CERT = await Deno.makeTempFile({ prefix: "latchkey-" });
    await Deno.writeTextFile(DENO_CERT, certificate.cert);

    const environment = { ...settings(server.url), DENO_CERT };
    const { code, out, errors } = await tryMail(environment, "Ann@example.test");
    await Deno.remove(DENO_CERT);
    deepEqual([code, errors], [0, ""]);
    match(out, /^Sent\. The server answered: 250 /);
    const mail = await server.waitFor("ann@example.test");
    deepEqual([mail.secure, mail.user, mail.from], [true, "latchkey", "no-reply@app.example"]);
  });
}

Deno.test("deno task mail:test shows the answer of a server that refuses", async () => {
  await using server = await MailServer.start();
  server.fault = { at: "rcpt", answer: 550 };

  const { code, out, errors } = await tryMail(settings(server.url), "ann@example.test");
  deepEqual([code, out], [1, ""]);
  match(errors, /^Cannot send a mail: the mail server answered 550 5\.\d\.\d to RCPT TO$/m);
  match(errors, /said: 550 .*<person@example\.test>: no$/m);
  match(errors, /^The app would not try again\.$/m);
});

Deno.test("deno task mail:test does not print the password that the server refused", async () => {
  await using server = await MailServer.start({ login });
  const url = server.urlFor({ ...login, password: "another secret" });

  const { code, errors } = await tryMail(settings(url), "ann@example.test");
  equal(code, 1);
  match(errors, /the mail server answered 535/);
  match(errors, /^The app would try again later\.$/m);
  ok(!/secret/.test(errors), errors);
});

Deno.test("deno task mail:test without mail, or with half of it, says what to set", async () => {
  const off = await tryMail({}, "ann@example.test");
  deepEqual([off.code, off.out], [2, ""]);
  match(off.errors, /^Mail is off: set MAIL_FROM, and SMTP_URL or MAIL_API_URL/);
  const half = await tryMail({ SMTP_URL: "smtp://smtp.example" }, "ann@example.test");
  equal(half.code, 2);
  match(half.errors, /^SMTP_URL is set without MAIL_FROM: set MAIL_FROM/);
});

Deno.test("deno task mail:test needs one address", async () => {
  for (const args of [[], ["ann"], ["ann@example.test", "bob@example.test"]]) {
    const { code, errors } = await tryMail({}, ...args);
    equal(code, 2);
    match(errors, /^Usage: deno task mail:test ADDRESS$/m);
  }
});
