import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { Mail } from "../../../lib/mail/mail.ts";
import { Mailbox } from "../../../lib/mail/mailbox.ts";
import { developmentMail } from "../../../lib/mail/mail_config.ts";
import { DAY, MINUTE } from "../../../lib/time.ts";
import { test as testWithoutMail, TestWorld } from "../../support/world.ts";

const mail: Mail = {
  to: { name: "Ann <b>", address: "ann@example.com" },
  subject: "Confirm your address",
  text: "Open this link:\nhttps://app.example/verify-email/token\n<not a tag>",
  html: "<!DOCTYPE html><html><head><title>x</title></head><body>Open <b>this</b></body></html>",
  messageId: "<1@localhost>",
};

function test(name: string, run: (world: TestWorld, mailbox: Mailbox) => Promise<void>): void {
  Deno.test(name, async () => {
    await using world = await TestWorld.create({ config: { mail: developmentMail } });
    await run(world, new Mailbox(world.kv, () => world.now));
  });
}

/** The paths of the mails in the list. */
async function paths(world: TestWorld): Promise<string[]> {
  const page = await (await world.browser().get("/dev/mailbox")).text();
  return [...page.matchAll(/href="(\/dev\/mailbox\/[^"]+)"/g)].map(([, path = ""]) => path);
}

test("the mailbox lists the mails, the newest first", async (world, mailbox) => {
  match(await (await world.browser().get("/dev/mailbox")).text(), /No mail yet\./);
  await mailbox.send({ ...mail, subject: "First" });
  world.pass(MINUTE);
  await mailbox.send({ ...mail, subject: "Second" });

  const page = await (await world.browser().get("/dev/mailbox")).text();
  match(page, /Second<\/a>.*ann@example\.com.*just now.*First<\/a>.*1 minute ago/s);
  equal((await paths(world)).length, 2);
});

test("under a name that another site gave this machine nobody reads the mailbox", async (world) => {
  const ask = (host: string) =>
    world.app.request(`https://${host}/dev/mailbox`, { headers: { host } });
  equal((await ask("app.example")).status, 200);
  equal((await ask("rebound.example")).status, 404);
});

test("a mail shows its text with links, and its HTML in a frame", async (world, mailbox) => {
  await mailbox.send(mail);
  const [path = ""] = await paths(world);
  const page = await (await world.browser().get(path)).text();

  ok(page.includes(
    'Open this link:\n<a href="https://app.example/verify-email/token">' +
      "https://app.example/verify-email/token</a>\n&lt;not a tag&gt;",
  ));
  ok(page.includes(`<iframe src="${path}/html"`));
  match(page, /<bdi>Ann &lt;b&gt;<\/bdi> &lt;ann@example\.com&gt;/);
});

const frame = { "sec-fetch-dest": "iframe", "sec-fetch-site": "same-origin" };

test(
  "the HTML of a mail opens in a frame of ours, and can do nothing there",
  async (world, mailbox) => {
    await mailbox.send(mail);
    const [path = ""] = await paths(world);
    const part = await world.browser().get(`${path}/html`, frame);

    equal(part.status, 200);
    match(await part.text(), /<body>Open <b>this<\/b><\/body>/);
    equal(part.headers.get("x-frame-options"), "SAMEORIGIN");
    equal(
      part.headers.get("content-security-policy"),
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; " +
        "sandbox allow-top-navigation-by-user-activation",
    );
  },
);

test(
  "nothing else opens in a frame, and no other page has frames [SEC-F5]",
  async (world, mailbox) => {
    await mailbox.send(mail);
    const [path = ""] = await paths(world);
    const browser = world.browser();
    const policy = async (path: string) =>
      (await browser.get(path)).headers.get("content-security-policy") ?? "";

    for (const other of ["/", "/login", "/dev/mailbox", path, `${path}/html/`]) {
      equal((await browser.get(other, frame)).status, 403, other);
    }
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-dest": "object" }]) {
      equal((await browser.get(`${path}/html`, { ...frame, ...headers })).status, 403);
    }
    equal(await policy(path), `${await policy("/")}; frame-src 'self'`);
    equal(await policy("/dev/mailbox"), await policy("/"));
  },
);

test("the mailbox keeps the last 100 mails, for 7 days", async (world, mailbox) => {
  for (let i = 0; i < 105; i++) {
    await mailbox.send({ ...mail, subject: `Mail ${i}` });
  }
  const subjects = (await mailbox.list()).map(({ mail }) => mail.subject);
  deepEqual([subjects.length, subjects.at(0), subjects.at(-1)], [100, "Mail 104", "Mail 5"]);

  const [first = ""] = await paths(world);
  world.pass(7 * DAY);
  deepEqual(await paths(world), []);
  equal((await world.browser().get(first)).status, 404);
  equal((await world.browser().get(`${first}/html`)).status, 404);
});

test("in development each page links to the mailbox", async (world) => {
  for (const path of ["/", "/nowhere"]) {
    match(await (await world.browser().get(path)).text(), /href="\/dev\/mailbox"/, path);
  }
});

testWithoutMail(
  "outside development there is no mailbox, and no link to it [SEC-M7]",
  async (world) => {
    await new Mailbox(world.kv, () => world.now).send(mail);
    const [{ key: [, id] }] = await world.dump() as [Deno.KvEntry<unknown>];
    for (const path of ["/dev/mailbox", `/dev/mailbox/${String(id)}`]) {
      equal((await world.browser().get(path)).status, 404, path);
    }
    equal((await world.browser().get(`/dev/mailbox/${String(id)}/html`, frame)).status, 403);
    doesNotMatch(await (await world.browser().get("/")).text(), /mailbox/);
  },
);
