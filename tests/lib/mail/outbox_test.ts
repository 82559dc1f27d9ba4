import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { MailNotSent, MailRefused } from "../../../lib/mail/mail.ts";
import type { Outbox } from "../../../lib/mail/outbox.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../lib/time.ts";
import { damageRecord } from "../../support/damage.ts";
import { key, OutboxSite } from "../../support/outbox_site.ts";
import { TaskFiles } from "../../support/task.ts";

function test(
  name: string,
  run: (it: { site: OutboxSite; outbox: Outbox }) => Promise<void>,
): void {
  Deno.test(name, async () => {
    using site = await OutboxSite.create();
    await run({ site, outbox: site.instance() });
  });
}

/** Lets the mail server wait with every answer: `asked` is when it got a mail. */
function slowServer(site: OutboxSite) {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  site.serve = () => {
    asked.resolve();
    return answered.promise;
  };
  return { asked: asked.promise, answer: answered.resolve };
}

const serverIsDown = () => Promise.reject(new Error("451 4.3.0 try ann@example.com later"));

test("a mail is sent once, in a later turn, and is gone then", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  outbox.sendSoon(id);
  equal(site.asked, 0);

  await outbox.close();
  deepEqual(site.subjects, ["To ann"]);
  deepEqual(await site.waiting(), []);
  deepEqual(site.logged.map(({ event, facts }) => [event, facts]), [
    ["mail_sent", { mailId: id, attempts: 1 }],
  ]);
});

test("the sweep sends what was written and not sent, the oldest first", async ({ site, outbox }) => {
  const names = Array.from("abcdefghijkl");
  for (const name of names) {
    await site.write(outbox, name);
    site.pass(1);
  }
  const first: string[] = [];
  const answer = Promise.withResolvers<void>();
  site.serve = ({ to }) => {
    first.push(to.name);
    return answer.promise;
  };
  const sweeping = outbox.sweep();
  while (site.asked < 5) await nextTurn();
  deepEqual(first.toSorted(), names.slice(0, 5));

  answer.resolve();
  await sweeping;
  equal(site.sent.length, names.length);
  deepEqual(await site.waiting(), []);
});

test("a mail that waits shows neither its address nor its token [SEC-M2]", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  const [record] = await site.waiting();
  const text = new TextDecoder("latin1").decode(record?.sealed as Uint8Array);

  deepEqual(
    [text, JSON.stringify({ ...record, sealed: null })].map((it) => /ann|secret|subject/.test(it)),
    [false, false],
  );
});

test("a mail to nobody looks like one to somebody, and is deleted unsent", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  await site.write(outbox, null);
  const [ann, nobody] = await site.waiting();
  equal((ann?.sealed as Uint8Array).length, (nobody?.sealed as Uint8Array).length);
  deepEqual({ ...ann, sealed: null }, { ...nobody, sealed: null });

  await outbox.sweep();
  deepEqual(site.subjects, ["To ann"]);
  deepEqual(await site.waiting(), []);
});

test("a mail to nobody costs the database what one to somebody costs", async ({ site, outbox }) => {
  const cost = async (to: string | null) => {
    const id = await site.write(outbox, to);
    const before = { ...site.kv.count };
    const instance = site.instance();
    instance.sendSoon(id);
    await instance.close();
    const { keys, roundTrips, commits } = site.kv.count;
    return [keys - before.keys, roundTrips - before.roundTrips, commits - before.commits];
  };

  deepEqual(await cost("ann"), [1, 3, 2]);
  deepEqual(await cost(null), [1, 3, 2]);
});

test("two instances that send 20 mails at once send each of them once", async ({ site, outbox }) => {
  const other = site.instance();
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) ids.push(await site.write(outbox, `person-${i}`));
  for (const id of ids) {
    outbox.sendSoon(id);
    other.sendSoon(id);
  }
  await Promise.all([outbox.sweep(), other.sweep()]);
  await Promise.all([outbox.close(), other.close()]);

  equal(site.sent.length, 20);
  equal(new Set(site.subjects).size, 20);
  deepEqual(await site.waiting(), []);
});

test("while one instance sends a mail no other one takes it for 30 seconds", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  const { asked, answer } = slowServer(site);
  const sweeping = outbox.sweep();
  await asked;

  site.serve = () => Promise.resolve();
  site.pass(30 * SECOND - 1);
  await site.instance().sweep();
  equal(site.asked, 1);

  answer();
  await sweeping;
  deepEqual(site.subjects, ["To ann"]);
});

test("the mail of a process that died while sending it leaves 30 seconds later", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  const { asked } = slowServer(site);
  outbox.sweep();
  await asked;

  site.serve = () => Promise.resolve();
  site.pass(30 * SECOND);
  await site.instance().sweep();
  deepEqual(site.subjects, ["To ann"]);
  deepEqual(await site.waiting(), []);
});

test("a mail that is sent twice has the same Message-ID, with the host of the site", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  await site.write(outbox, "bob");
  const tried: string[] = [];
  site.serve = ({ messageId }) => {
    tried.push(messageId);
    return tried.length <= 2 ? serverIsDown() : Promise.resolve();
  };
  await outbox.sweep();
  site.pass(30 * SECOND);
  await outbox.sweep();

  match(tried[0] as string, /^<[\w-]{22}@app\.example>$/);
  notEqual(tried[0], tried[1]);
  deepEqual(tried.slice(2).toSorted(), tried.slice(0, 2).toSorted());
});

test("at most five mails are sent at once in a process", async ({ site, outbox }) => {
  const answer = Promise.withResolvers<void>();
  let underWay = 0;
  const most: number[] = [];
  site.serve = async () => {
    most.push(++underWay);
    await answer.promise;
    underWay--;
  };
  for (let i = 0; i < 12; i++) outbox.sendSoon(await site.write(outbox, `person-${i}`));
  const sweeping = outbox.sweep();
  while (site.asked < 5) await nextTurn();
  await nextTurn();
  answer.resolve();
  await sweeping;
  await outbox.close();

  equal(site.sent.length, 12);
  equal(Math.max(...most), 5);
});

test("a mail of a request waits for five others, not for the sweep", async ({ site, outbox }) => {
  for (let i = 0; i < 30; i++) await site.write(outbox, `person-${i}`);
  const { answer } = slowServer(site);
  const sweeping = outbox.sweep();
  while (site.asked < 5) await nextTurn();
  outbox.sendSoon(await site.write(outbox, "ann"));
  await nextTurn();

  answer();
  await sweeping;
  await outbox.close();
  equal(site.sent.length, 31);
  equal(site.subjects.indexOf("To ann") < 10, true);
});

test("while a sweep is under way no other one begins", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  const first = outbox.sweep();
  equal(outbox.sweep(), first);
  await first;
  const lists = site.kv.count.roundTrips;
  await outbox.sweep();
  equal(site.kv.count.roundTrips, lists + 1);
});

const waits = [
  30 * SECOND,
  1 * MINUTE,
  2 * MINUTE,
  4 * MINUTE,
  8 * MINUTE,
  16 * MINUTE,
  32 * MINUTE,
  64 * MINUTE,
  128 * MINUTE,
  256 * MINUTE,
  6 * HOUR,
  6 * HOUR,
];

test("the waits between attempts grow from 30 seconds to 6 hours, for 24 hours", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  site.serve = serverIsDown;
  await outbox.sweep();
  for (const [i, wait] of waits.entries()) {
    site.pass(wait - 1);
    await outbox.sweep();
    equal(site.asked, i + 1, `before ${wait} ms`);
    site.pass(1);
    await outbox.sweep();
    equal(site.asked, i + 2, `after ${wait} ms`);
  }
  equal(site.events.every((event) => event === "mail_delayed"), true);

  const age = waits.reduce((sum, wait) => sum + wait);
  site.pass(DAY - age - 1);
  await outbox.sweep();
  equal((await site.waiting()).length, 1);
  site.pass(1);
  await outbox.sweep();
  deepEqual(site.logged.at(-1), {
    event: "mail_given_up",
    level: "critical",
    facts: { mailId: id, attempts: 13 },
  });
  equal(site.asked, 13);
  deepEqual(await site.waiting(), []);
});

test("a mail whose link works for a day is given up, not said to expire", async ({ site, outbox }) => {
  await site.write(outbox, "ann", DAY);
  site.serve = serverIsDown;
  await outbox.sweep();
  site.pass(DAY);
  await outbox.sweep();
  deepEqual(site.events, ["mail_delayed", "mail_given_up"]);
});

test("a mail whose token expires is deleted unsent", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann", HOUR);
  site.pass(HOUR);
  await outbox.sweep();

  equal(site.asked, 0);
  deepEqual(site.logged, [
    { event: "mail_expired", level: "info", facts: { mailId: id, attempts: 0 } },
  ]);
  deepEqual(await site.waiting(), []);
});

test("a mail that the server refuses is dropped at once, and nobody is woken for it", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  site.serve = () => Promise.reject(new MailRefused("Cannot send a mail: 550", "ann"));
  await outbox.sweep();

  deepEqual(site.logged, [
    {
      event: "mail_refused",
      level: "warn",
      facts: { mailId: id, attempts: 1, error: "Cannot send a mail: 550" },
    },
  ]);
  deepEqual(await site.waiting(), []);
});

test("no log line names an address, a subject or a token [SEC-N3]", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  await site.write(outbox, "bob");
  site.serve = ({ to }) =>
    to.name === "ann" ? serverIsDown() : Promise.reject(new MailRefused("550", "bob@example.com"));
  await outbox.sweep();

  deepEqual(site.events.toSorted(), ["mail_delayed", "mail_refused"]);
  equal(/ann|bob|example\.com|secret|Open/.test(site.lines.join()), false);
});

test("a delayed mail says why, without the answer of the server", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  site.serve = () => Promise.reject(new MailNotSent("Cannot send a mail: 451", "ann@example.com"));
  await outbox.sweep();

  deepEqual(site.logged.map(({ facts }) => facts), [
    { mailId: id, attempts: 1, error: "Cannot send a mail: 451" },
  ]);
  const [record] = await site.waiting();
  equal(record?.leasedUntil, null);
});

test("a mail whose key is gone is reported once, and sent when the key is back", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  const withoutKey = site.instance([key(2)]);
  for (let i = 0; i < 3; i++) {
    await withoutKey.sweep();
    site.pass(HOUR);
  }
  deepEqual(site.logged, [
    { event: "record_corrupt", level: "critical", facts: { reason: "outbox", mailId: id } },
  ]);
  equal(site.asked, 0);

  // As `deno task mail:outbox --retry` does.
  const [record] = await site.waiting();
  await site.database.set(["outbox", id], { ...record, dueAt: site.now });
  await site.instance([key(2), key(1)]).sweep();
  deepEqual(site.subjects, ["To ann"]);
});

test("a mail whose key is gone is given up after 24 hours", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  const withoutKey = site.instance([key(2)]);
  await withoutKey.sweep();
  site.pass(DAY);
  await withoutKey.sweep();

  deepEqual(site.events, ["record_corrupt", "mail_given_up"]);
  deepEqual(await site.waiting(), []);
});

test("a sealed mail that is moved to another record does not open [SEC-M2]", async ({ site, outbox }) => {
  const [from, to] = [await site.write(outbox, "ann"), await site.write(outbox, "bob")];
  const { value } = await site.database.get(["outbox", from]);
  await site.database.set(["outbox", to], value);
  await outbox.sweep();

  deepEqual(site.subjects, ["To ann"]);
  deepEqual(site.events.toSorted(), ["mail_sent", "record_corrupt"]);
});

test("a record that cannot be read is reported once, and the others are sent", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  await site.database.set(["outbox", id], { v: 1, sealed: "nonsense" });
  await site.write(outbox, "bob");
  await outbox.sweep();
  await outbox.sweep();

  deepEqual(site.subjects, ["To bob"]);
  deepEqual(site.events.toSorted(), ["mail_sent", "record_corrupt"]);
  equal((await site.waiting()).length, 1);
});

Deno.test("a mail whose bytes are damaged is reported once, and the others are sent", async () => {
  await using files = await TaskFiles.create();
  const ids: string[] = [];
  {
    using site = await OutboxSite.create(files.path);
    for (const name of ["ann", "bob", "cara"]) ids.push(await site.write(site.instance(), name));
  }
  damageRecord(files.path, ["outbox", ids[1] as string]);

  using site = await OutboxSite.create(files.path);
  const outbox = site.instance();
  for (let i = 0; i < 3; i++) await outbox.sweep();
  outbox.sendSoon(ids[1] as string);
  await outbox.close();
  deepEqual(site.subjects.toSorted(), ["To ann", "To cara"]);
  deepEqual(site.logged.filter(({ event }) => event !== "mail_sent").map(({ facts }) => facts), [
    { reason: "outbox", mailId: ids[1] },
  ]);
  equal(await outbox.isStuck(), false);
});

test("a database that fails stops no process: the mail leaves once it is back", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  site.broken.fault = "full";
  outbox.sendSoon(id);
  await outbox.sweep();
  await outbox.close();
  equal(site.asked, 0);
  deepEqual([...new Set(site.events)], ["unavailable"]);

  site.broken.fault = "none";
  await site.instance().sweep();
  deepEqual(site.subjects, ["To ann"]);
});

test("a mail that was sent and could not be deleted is not sent again by this process", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  site.serve = () => {
    site.broken.fault = "full";
    return Promise.resolve();
  };
  await outbox.sweep();
  equal((await site.waiting()).length, 1);

  site.broken.fault = "none";
  site.pass(HOUR);
  await outbox.sweep();
  equal(site.asked, 1);
  deepEqual(await site.waiting(), []);
});

test("a closed outbox begins nothing, and its mails leave with the next start", async ({ site, outbox }) => {
  const id = await site.write(outbox, "ann");
  await outbox.close();
  const { roundTrips } = site.kv.count;
  outbox.sendSoon(id);
  await outbox.sweep();
  equal(site.kv.count.roundTrips, roundTrips);
  equal(site.asked, 0);

  await site.instance().sweep();
  equal(site.asked, 1);
});

test("closing waits for the mails under way", async ({ site, outbox }) => {
  outbox.sendSoon(await site.write(outbox, "ann"));
  let closed = false;
  const { asked, answer } = slowServer(site);
  const closing = outbox.close().then(() => closed = true);
  await asked;
  equal(closed, false);

  answer();
  await closing;
  deepEqual(await site.waiting(), []);
});

test("with a server that hangs, the mails beyond a hundred are left to the sweep", async ({ site, outbox }) => {
  const { answer } = slowServer(site);
  const ids: string[] = [];
  for (let i = 0; i < 110; i++) ids.push(await site.write(outbox, `person-${i}`));
  for (const id of ids) {
    outbox.sendSoon(id);
    await nextTurn(); // so that it waits for its turn
  }
  answer();
  await outbox.close();
  equal(site.sent.length, 105);
});

test("an outbox is stuck when its oldest due mail is over 15 minutes late", async ({ site, outbox }) => {
  equal(await outbox.isStuck(), false);
  await site.write(outbox, "ann");
  site.pass(15 * MINUTE);
  equal(await outbox.isStuck(), false);
  site.pass(1);
  equal(await outbox.isStuck(), true);

  await outbox.sweep();
  equal(await outbox.isStuck(), false);
});

test("an outbox is not stuck because a mail server is down", async ({ site, outbox }) => {
  await site.write(outbox, "ann");
  site.serve = serverIsDown;
  for (let i = 0; i < 120; i++) {
    await outbox.sweep();
    equal(await outbox.isStuck(), false);
    site.pass(MINUTE);
  }
});

test("asking whether an outbox is stuck reads at most a hundred mails", async ({ site, outbox }) => {
  for (let i = 0; i < 120; i++) await site.write(outbox, "ann");
  const before = site.kv.count.keys;
  await outbox.isStuck();
  equal(site.kv.count.keys - before, 100);
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
