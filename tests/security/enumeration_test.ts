import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import { Keyring } from "../../lib/login/keyring.ts";
import type { WaitingMail } from "../../lib/mail/mail.ts";
import { Seal } from "../../lib/seal.ts";
import type { Browser } from "../support/browser.ts";
import type { Config } from "../../lib/config.ts";
import { exampleProvider, provedAtExample } from "../support/example_provider.ts";
import { ann, bob, eve, type Person } from "../support/people.ts";
import { test, testWithMail, TestWorld, withMail } from "../support/world.ts";

// What a form answers must not tell which addresses have accounts: a row for each form, and for
// each reason that has to look like the first. A new form joins with a row.

type Fields = Record<string, string>;

interface Row {
  readonly form: string;
  readonly config?: Partial<Config>;
  /** Sends the form: for everybody in the row with the same words. */
  readonly send: (browser: Browser, who: Fields) => Promise<Response>;
  readonly browser: (world: TestWorld) => Browser | Promise<Browser>;
  /** Who it is sent for; what stands in their fields is masked in the answer. */
  readonly alike: Record<string, (world: TestWorld) => Fields | Promise<Fields>>;
}

const stranger = (world: TestWorld) => world.browser("198.51.100.1");
const password = "not the password of anybody";

/** A stranger whose browser asked for a mail before: its cookie does not change. */
const asker = (world: TestWorld) => {
  const browser = stranger(world);
  browser.cookies.set("__Host-asked", "A".repeat(43));
  return browser;
};

/** Eve registers, and does not confirm her address. */
const pending = async (world: TestWorld) => {
  equal((await world.browser().post("/register", { ...eve })).status, 303);
  await world.delivered();
  return { email: eve.email };
};

/** Somebody whose address got as many mails as it gets, by this form. */
const capped = async (world: TestWorld, path: string, { email }: Person = ann) => {
  for (let i = 0; i < 3; i++) await asker(world).post(path, { ...bob, email });
  await world.delivered();
  return { email };
};

const confirmPath = "/login/with/x/confirm";

/** A browser that came back from the provider as somebody without an address there. */
const signedIn = async (world: TestWorld) => {
  const person = { subject: "a stranger", email: null, emailVerified: false, name: "" };
  const proved = provedAtExample(person);
  const browser = asker(world);
  const { secret } = await world.services.provedSignIns.issue(proved);
  browser.cookies.set("__Host-identity", secret);
  return browser;
};

/** What an administrator's suspension leaves in a user. */
const suspended = { active: false, suspension: { reason: "Spam", at: new Date(0) } };

const right = { email: ann.email, password: ann.password };

/** Ann, of whom a record was changed. */
const changed =
  (kind: "user" | "password", fields: object, who: Fields = { email: ann.email }) =>
  async (world: TestWorld) => {
    await change(world, kind, fields);
    return who;
  };

/** The addresses that a form must not tell apart. */
const addresses = {
  "a free address": () => ({ email: "nobody@example.com" }),
  "an address with an account": () => ({ email: ann.email }),
  "an address that waits for its link": pending,
};

/** Forms that send a mail, to every address the same answer. */
const mailForms = ([
  {
    form: "register",
    send: (browser, who) => browser.post("/register", { ...bob, ...who }),
    alike: {
      ...addresses,
      "a suspended user": changed("user", suspended),
      "an address with an account that got three mails": (world) => capped(world, "/register"),
      "an address that waits and got three mails": (world) => capped(world, "/register", eve),
    },
  },
  {
    form: "another link to confirm an address",
    send: (browser, who) => browser.post("/verify-email", who),
    alike: {
      "an unknown address": () => ({ email: "nobody@example.com" }),
      "an address that is confirmed": () => ({ email: ann.email }),
      "an address that waits for its link": pending,
      "an address that waits and got three mails": async (world) => {
        await pending(world);
        return await capped(world, "/verify-email", eve);
      },
    },
  },
  {
    form: "password reset",
    send: (browser, who) => browser.post("/password-reset", who),
    alike: {
      "an unknown address": () => ({ email: "nobody@example.com" }),
      "an address with an account": () => ({ email: ann.email }),
      "an address that waits for its link": pending,
      "a suspended user": changed("user", suspended),
      "an address that got three mails": (world) => capped(world, "/password-reset"),
    },
  },
  {
    // Its cookie tells how long the address is, so all are of one length.
    form: "a link to log in",
    send: (browser, who) => browser.post("/login/link", who),
    alike: {
      "an unknown address": () => ({ email: bob.email }),
      "an address with an account": () => ({ email: ann.email }),
      "an address that waits for its link": pending,
      "a suspended user": changed("user", suspended),
      "an address that got three mails": (world) => capped(world, "/login/link"),
    },
  },
] satisfies Omit<Row, "browser">[]).map((row): Row => ({
  ...row,
  browser: asker,
  config: { ...withMail, loginByMail: true },
}));

const rows: Row[] = [
  ...mailForms,
  {
    form: "a new account after a sign-in at a provider",
    config: { ...withMail, providers: [exampleProvider] },
    browser: signedIn,
    send: (browser, who) => browser.post(confirmPath, { action: "create", name: "Bob", ...who }),
    alike: {
      ...addresses,
    },
  },
  {
    form: "another address",
    config: withMail,
    browser: async (world) => {
      const browser = await world.bob();
      equal((await browser.post("/reauthenticate", { password: bob.password })).status, 303);
      await browser.get("/profile"); // takes the message
      return browser;
    },
    send: (browser, who) => browser.post("/account/email", who),
    alike: {
      ...addresses,
      "an address that got three mails": async (world) => {
        const browser = await world.register(eve);
        await browser.post("/reauthenticate", { password: eve.password });
        const { email } = ann;
        for (let i = 0; i < 3; i++) await browser.post("/account/email", { email });
        await world.delivered();
        return { email };
      },
    },
  },
  {
    form: "login",
    browser: stranger,
    send: (browser, who) => browser.post("/login", { password, ...who }),
    alike: {
      "a wrong password": () => ({ email: ann.email }),
      "an unknown address": () => ({ email: "nobody@example.com" }),
      "not an address": () => ({ email: "nobody.example" }),
      "an address of 250 characters": () => ({
        email: `${"a".repeat(60)}@${"b".repeat(60)}.example`,
      }),
      "a suspended user": changed("user", suspended),
      "a suspended user, with the right password": changed("user", { active: false }, right),
      "a user without a password": async (world) => {
        await remove(world, "password");
        return { email: ann.email };
      },
      "a password of old parameters": changed("password", {
        hash: "$argon2id$v=19$m=16,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A".repeat(43),
      }),
    },
  },
  {
    form: "login after too many attempts",
    browser: async (world) => {
      const browser = stranger(world);
      for (const email of [ann.email, "nobody@example.com", "nobody.example"]) {
        for (let i = 0; i < 5; i++) await browser.post("/login", { email, password });
      }
      return browser;
    },
    send: (browser, who) => browser.post("/login", { password, ...who }),
    alike: {
      "a wrong password": () => ({ email: ann.email }),
      "the right password": () => right,
      "an unknown address": () => ({ email: "nobody@example.com" }),
      "not an address": () => ({ email: "nobody.example" }),
    },
  },
  ...[1, 5].map((entries): Row => ({
    form: `login with a forged device cookie of ${entries} entries`,
    browser: (world) => withDeviceCookie(stranger(world), entries),
    send: (browser, who) => browser.post("/login", { password, ...who }),
    alike: {
      "a wrong password": () => ({ email: ann.email }),
      "an unknown address": () => ({ email: "nobody@example.com" }),
      "not an address": () => ({ email: "nobody.example" }),
    },
  })),
  {
    form: "reauthenticate",
    browser: (world) => world.bob(),
    send: (browser, who) => browser.post("/reauthenticate", who),
    alike: {
      "a wrong password": () => ({ password }),
      "somebody else's password": () => ({ password: ann.password }),
    },
  },
];

for (const { form, config, browser, send, alike } of rows) {
  const answer = async (prepare: Row["alike"][string]) => {
    await using world = await TestWorld.create({ config: config ?? {} });
    await world.ann();
    const visitor = await browser(world);
    const who = await prepare(world);

    let seen: unknown;
    let macs = 0;
    const cost = await world.cost(async () => {
      macs = await countMacs(async () => {
        const { status, headers, text } = masking(await send(visitor, who), who);
        seen = { status, headers, body: await text() };
      });
    });
    return { seen, cost, macs };
  };

  const [[first, like], ...others] = Object.entries(alike) as [
    [string, Row["alike"][string]],
    ...[string, Row["alike"][string]][],
  ];
  for (const [who, prepare] of others) {
    Deno.test(`${form}: ${who} gets the same answer and costs the same work as ${first} [SEC-C1] [SEC-C2] [SEC-C12]`, async () => {
      deepEqual(await answer(prepare), await answer(like));
    });
  }
}

for (const path of ["/password-reset", "/login/link", "/verify-email"]) {
  testWithMail(
    `${path}: without an account the same mail and link are made, for nobody [SEC-C4]`,
    async (world) => {
      await world.ann();
      if (path === "/verify-email") await change(world, "user", { emailVerified: false });
      const made = async (email: string) => {
        const before = (await world.records()).map(({ versionstamp }) => versionstamp);
        const mails = await sealedMails(() => asker(world).post(path, { email }));
        await world.delivered();
        const written = (await world.records()).filter(({ versionstamp }) =>
          !before.includes(versionstamp)
        );
        return {
          mails: mails.map(({ subject, text, html }) => [subject, text, html].map(withoutLinks)),
          written: written.map(({ key, value }) => [key[0], key[2], Object.keys(value as object)]),
        };
      };

      const forNobody = await made("nobody@example.com");
      deepEqual([forNobody.mails.length, forNobody.written.length], [1, 1]);
      deepEqual(forNobody, await made(ann.email));
    },
    { loginByMail: true },
  );
}

test("a device cookie of a hundred entries costs no more HMACs than one of five [SEC-C12]", async (world) => {
  await world.ann();
  const macs = (entries: number) => {
    const browser = withDeviceCookie(stranger(world), entries);
    return countMacs(() => browser.post("/login", { email: ann.email, password }));
  };

  const five = await macs(5);
  ok(five > await macs(1));
  equal(await macs(100), five);
});

test("without mail, registering tells that an address is taken, after one hash and a counted attempt [SEC-C3]", async (world) => {
  await world.ann();
  const register = (email: string) =>
    world.cost(async () => {
      const answer = await stranger(world).post("/register", { ...bob, email });
      const isTaken = email === ann.email;
      equal(answer.status, isTaken ? 422 : 303);
      if (isTaken) match(await answer.text(), /There’s already an account with this address/);
    });

  const [taken, free] = [await register(ann.email), await register(bob.email)];
  deepEqual([taken.hashes, free.hashes], [1, 1]);
  // Registering the free one also starts a session.
  deepEqual([taken.commits, free.commits], [2, 3]);
});

/** Gives a browser a device cookie in the right form, with signatures that nobody made. */
function withDeviceCookie(browser: Browser, entries: number): Browser {
  const entry = `${"A".repeat(22)}.zzzzzzz.${"A".repeat(43)}`;
  browser.cookies.set("__Host-device", Array(entries).fill(entry).join("~"));
  return browser;
}

function withoutLinks(text: string): string {
  return text.replaceAll(/https:[^\s"<]+/g, "…");
}

/** The mails that an action seals. */
async function sealedMails(act: () => Promise<unknown>): Promise<WaitingMail[]> {
  const { seal } = Seal.prototype;
  const mails: WaitingMail[] = [];
  Seal.prototype.seal = function (text, context) {
    if (context.startsWith("outbox")) mails.push(JSON.parse(text));
    return seal.call(this, text, context);
  };
  try {
    await act();
    return mails;
  } finally {
    Seal.prototype.seal = seal;
  }
}

/** Counts the HMACs that an action computes. */
async function countMacs(act: () => Promise<unknown>): Promise<number> {
  const { macs } = Keyring.prototype;
  let count = 0;
  Keyring.prototype.macs = function (purpose, text) {
    const made = macs.call(this, purpose, text);
    count += made.length;
    return made;
  };
  try {
    await act();
    return count;
  } finally {
    Keyring.prototype.macs = macs;
  }
}

function masking(answer: Response, who: Fields) {
  const text = async () => {
    let body = await answer.text();
    for (const value of Object.values(who)) body = body.replaceAll(value, "…");
    return body;
  };
  // Flash messages have random ids: their cookies differ in the value, and not in its length.
  const headers = [...answer.headers].map(([name, value]) => {
    if (name !== "set-cookie") return [name, value];
    return [name, value.replace(/=([^;]*)/, (_, text) => `=${text.length} characters`)];
  });
  return { status: answer.status, headers, text };
}

/** Changes a record of Ann's. */
async function change(
  world: TestWorld,
  kind: "user" | "password",
  fields: object,
): Promise<void> {
  const entries = await world.dump();
  const { value: id } = entries.find(({ key }) => key.join() === `user_by_email,${ann.email}`) ??
    fail("there is no Ann");
  const entry = entries.find(({ key }) => key[0] === kind && key[1] === id) as Deno.KvEntry<object>;
  await world.database.set(entry.key, { ...entry.value, ...fields });
}

async function remove(world: TestWorld, kind: string): Promise<void> {
  world.allowInvalidData("a record is taken away alone");
  for (const { key } of await world.dump()) if (key[0] === kind) await world.database.delete(key);
}
