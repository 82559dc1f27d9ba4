import { deepEqual, equal, ok } from "node:assert/strict";
import { makeHash } from "../../../lib/credential/hash_algorithms.ts";
import { type LogEvent, vocabulary } from "../../../lib/log/events.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/time.ts";
import type { Browser } from "../../support/browser.ts";
import type { LogLine } from "../../support/log_line.ts";
import { ann } from "../../support/people.ts";
import { enrolTotp } from "../../support/totp.ts";
import { test, TestWorld } from "../../support/world.ts";

const { email, password } = ann;
const chosen = "nine loud herons sleep";

/** The lines that `act` adds to the log, without those about requests. */
async function logOf(world: TestWorld, act: () => Promise<unknown>): Promise<LogLine[]> {
  const before = world.lines.length;
  await act();
  return world.logged.slice(before).filter(({ event }) => event !== "request");
}

/** The id of the logged-in user, which the token names. */
const idOf = (browser: Browser) => atob(browser.cookies.get("__Host-session")?.split(".")[0] ?? "");

async function remembered(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  await browser.post("/login", { email, password, remember: "on" });
  browser.restart();
  return browser;
}

/** `act` gets Ann's logged-in browser, and returns the step that must write these lines. */
const actions: [
  what: string,
  act: (ann: Browser, world: TestWorld) => Promise<() => Promise<unknown>>,
  lines: LogEvent[],
][] = [
  [
    "a registration",
    (_, world) => Promise.resolve(() => world.bob()),
    ["user_created", "session_created", "authn_login_success"],
  ],
  [
    "a login",
    (_, world) => Promise.resolve(() => world.browser().post("/login", { email, password })),
    ["session_created", "authn_login_success"],
  ],
  [
    "a wrong password",
    (_, world) => {
      const fields = { email, password: "not her password" };
      return Promise.resolve(() => world.browser().post("/login", fields));
    },
    ["authn_login_fail"],
  ],
  [
    "a login after a wrong password",
    async (_, world) => {
      const browser = world.browser();
      await browser.post("/login", { email, password: "not her password" });
      return () => browser.post("/login", { email, password });
    },
    ["session_created", "authn_login_successafterfail"],
  ],
  [
    "the fifth wrong password, and the sixth",
    async (_, world) => {
      const wrong = () => world.browser().post("/login", { email, password: "not her password" });
      for (let i = 0; i < 4; i++) await wrong();
      return async () => {
        await wrong();
        await wrong();
      };
    },
    ["authn_login_fail_max", "authn_login_fail", "excess_rate_limit_exceeded"],
  ],
  [
    "a logout",
    (browser) => Promise.resolve(() => browser.post("/logout")),
    ["session_logout"],
  ],
  [
    "a logout of nobody",
    (_, world) => Promise.resolve(() => world.browser().post("/logout")),
    [],
  ],
  [
    "a remembered browser that comes back",
    async (_, world) => {
      const browser = await remembered(world);
      return () => browser.get("/profile");
    },
    ["session_expired", "session_created"],
  ],
  [
    "a remember token that is used again after its successor",
    async (_, world) => {
      const browser = await remembered(world);
      const thief = browser.copy();
      await browser.get("/");
      await browser.get("/");
      world.pass(MINUTE);
      return () => thief.get("/");
    },
    ["authn_token_reuse", "session_expired"],
  ],
  [
    "a remember token that comes back because the answer with its successor was lost",
    async (_, world) => {
      const browser = await remembered(world);
      await browser.copy().get("/");
      world.pass(MINUTE);
      return () => browser.get("/");
    },
    ["session_expired", "session_created", "remember_recovered"],
  ],
  [
    "a session that is used after its time",
    (browser, world) => {
      world.pass(3 * HOUR);
      return Promise.resolve(() => browser.get("/"));
    },
    ["session_expired"],
  ],
  [
    "a session that is used after the password changed elsewhere",
    async (browser, world) => {
      const other = world.browser();
      await other.post("/login", { email, password });
      await other.post("/account/password", { current_password: password, password: chosen });
      return () => browser.get("/");
    },
    ["session_use_after_expire"],
  ],
  [
    "a session that comes from another browser",
    (browser) => {
      browser.userAgent = "curl/8";
      return Promise.resolve(() => browser.get("/"));
    },
    ["session_protected"],
  ],
  [
    "a new password",
    (browser) => {
      const fields = { current_password: password, password: chosen };
      return Promise.resolve(() => browser.post("/account/password", fields));
    },
    ["session_renewed", "authn_password_change"],
  ],
  [
    "a new password without the current one",
    (browser) => {
      const fields = { current_password: "not her password", password: chosen };
      return Promise.resolve(() => browser.post("/account/password", fields));
    },
    ["authn_login_fail", "authn_password_change_fail"],
  ],
  [
    "a reauthentication",
    (browser) => Promise.resolve(() => browser.post("/reauthenticate", { password })),
    ["session_renewed"],
  ],
  [
    "a reauthentication with a wrong password",
    (browser) => Promise.resolve(() => browser.post("/reauthenticate", { password: "not hers" })),
    ["authn_login_fail"],
  ],
  [
    "a page that needs a fresh login",
    (browser, world) => {
      world.pass(HOUR);
      return Promise.resolve(() => browser.get("/account/delete"));
    },
    ["reauthentication_required"],
  ],
  [
    "a stranger at a private page",
    (_, world) => Promise.resolve(() => world.browser().get("/profile")),
    ["login_required"],
  ],
  [
    "an end to somebody else's session",
    async (browser, world) => {
      await world.bob();
      const session = (await world.dump())
        .find(({ key: [kind, userId] }) => kind === "session" && userId !== idOf(browser));
      return () => browser.post(`/account/sessions/${String(session?.key[2])}/end`);
    },
    ["authz_fail"],
  ],
  [
    "an end to one's other sessions",
    async (browser, world) => {
      await world.browser().post("/login", { email, password });
      return () => browser.post("/account/sessions/end-others");
    },
    ["session_expired"],
  ],
  [
    "a form from another site",
    (browser) => {
      const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
      return Promise.resolve(() => browser.post("/profile", { name: "Eve" }, headers));
    },
    ["malicious_csrf"],
  ],
  [
    "a new name",
    (browser) => Promise.resolve(() => browser.post("/profile", { name: "Anne" })),
    ["user_updated"],
  ],
  [
    "a field that the form does not have",
    (browser) => Promise.resolve(() => browser.post("/profile", { name: "Anne", role: "admin" })),
    ["malicious_extraneous", "user_updated"],
  ],
  [
    "a field that comes in the form and in the address",
    (browser) => Promise.resolve(() => browser.post("/profile?name=Eve", { name: "Anne" })),
    ["input_validation_fail"],
  ],
  [
    "a form without its field",
    (browser) => Promise.resolve(() => browser.post("/profile")),
    ["input_validation_fail"],
  ],
  [
    "an authenticator app that is set up",
    (browser, world) => Promise.resolve(() => enrolTotp(browser, world.now)),
    ["authn_token_created", "session_renewed"],
  ],
  [
    "an authenticator app that is removed",
    async (browser, world) => {
      await enrolTotp(browser, world.now);
      return () => browser.post("/account/totp/remove");
    },
    ["authn_token_revoked"],
  ],
  [
    "a form that is filled in badly",
    (browser) => Promise.resolve(() => browser.post("/profile", { name: "" })),
    [],
  ],
  [
    "a deletion",
    (browser) => Promise.resolve(() => browser.post("/account/delete", { email })),
    ["user_deleted", "session_logout"],
  ],
];

for (const [what, act, lines] of actions) {
  test(`each event has one line in the log: ${what} [SEC-N1]`, async (world) => {
    const browser = await world.ann();
    await browser.get("/");
    const step = await act(browser, world);

    const logged = await logOf(world, step);
    deepEqual(logged.map(({ event }) => event), lines);
  });
}

Deno.test("every other event of the vocabulary has a test elsewhere [SEC-N1]", () => {
  const tested = new Set(actions.flatMap(([, , lines]) => lines));
  deepEqual(Object.keys(vocabulary).filter((word) => !tested.has(word as LogEvent)), [
    "authn_login_lock",
    "authz_admin",
    "authz_change",
    "malicious_csp_violation",
    "sys_startup",
    "sys_shutdown",
    "sys_crash",
    "api_token_refused",
    "password_key_unknown",
    "record_corrupt",
    "provider_failed",
    "provider_logout_refused",
    "mail_sent",
    "mail_delayed",
    "mail_refused",
    "mail_expired",
    "mail_given_up",
    "outbox_failed",
    "request",
    "request_failed",
    "not_ready",
    "ready_again",
    "unavailable",
    "log_lines_dropped",
    "listener_failed",
    "database_gone",
    "preview_defaults",
    "mail_off",
    "login_by_mail_on",
    "cannot_start",
  ]);
});

test("a line names the user, the address, the user agent and the route [SEC-N2]", async (world) => {
  await world.ann();
  const browser = world.browser("2001:db8::7");
  await browser.post("/login", { email, password });

  const [renamed] = await logOf(world, () => browser.post("/profile", { name: "Anne" }));
  const { requestId, ...facts } = renamed?.facts ?? {};
  deepEqual(facts, {
    userId: idOf(browser),
    sourceAddress: "2001:db8::7",
    userAgent: browser.userAgent,
    method: "POST",
    route: "/profile",
    fields: "name",
  });
  equal(world.logged.at(-1)?.event, "request");
  equal(world.logged.at(-1)?.facts.status, 303);
  equal(world.logged.at(-1)?.facts.requestId, requestId);
});

test("every request has one line with its status, except assets and health [SEC-N2]", async (world) => {
  const browser = await world.ann();
  const before = world.lines.length;

  await browser.get("/");
  await browser.get("/nowhere");
  await browser.get("/health/live");
  await browser.get("/assets/nothing.css");
  await browser.post("/profile", { name: "" });
  const lines = world.logged.slice(before);
  deepEqual(lines.map(({ event, facts }) => [event, facts.status, facts.route]), [
    ["request", 200, "/"],
    ["request", 404, null],
    ["request", 422, "/profile"],
  ]);
  for (const { facts } of lines.filter((line) => line.facts.route)) {
    equal(facts.userId, idOf(browser));
  }
});

Deno.test("the request that logs somebody in names who it became, and how long it took", async () => {
  await using world = await TestWorld.create({
    hash: async (job) => {
      world.pass(120);
      return await makeHash(job);
    },
  });
  const registered = await world.ann();
  const lastLine = () => {
    const { event, facts } = world.logged.at(-1) as LogLine;
    return [event, facts.userId, facts.status, facts.durationMs];
  };
  deepEqual(lastLine(), ["request", idOf(registered), 303, 120]);

  const browser = world.browser();
  await browser.post("/login", { email, password });
  deepEqual(lastLine(), ["request", idOf(browser), 303, 120]);
  await browser.post("/logout");
  deepEqual(lastLine(), ["request", idOf(registered), 303, 0]);
});

test("strangers raise no critical line, and cause at most 20 lines of an event a minute", async (world) => {
  const strangers = world.browser();
  for (let i = 0; i < 30; i++) {
    await strangers.post("/login", {}, { "sec-fetch-site": "cross-site" });
    await strangers.post("/login", { email, password: "a guess of somebody", role: "admin" });
    await strangers.get("/profile");
  }

  world.pass(MINUTE);
  await strangers.get("/");
  const lines = world.logged;
  const count = (event: LogEvent) => lines.filter((line) => line.event === event).length;
  deepEqual(lines.filter(({ level }) => level === "critical"), []);
  deepEqual([count("malicious_csrf"), count("malicious_extraneous"), count("request")], [
    20,
    20,
    91,
  ]);
  const dropped = lines.find(({ facts }) => facts.droppedEvent === "malicious_csrf");
  equal(dropped?.facts.count, 10);
});

test("the log has the pattern of the route, because a path or query may hold a token [SEC-H14]", async (world) => {
  const browser = await world.ann();

  await browser.post("/account/sessions/a-token-in-a-path/end?also=a-token-in-a-query");
  await browser.get("/password-reset/a-token-in-a-path?also=a-token-in-a-query");
  await browser.get("/health/live/a-token-in-a-path");
  await browser.post("/profile", {}, {
    "sec-fetch-site": "cross-site",
    referer: "https://app.example/password-reset/a-token-in-a-path",
  });
  ok(!world.lines.join().includes("a-token"));
  ok(world.lines.join().includes("/account/sessions/:id/end"));
});

test("a refused login logs a masked email address, and nothing that is not an address [SEC-N3]", async (world) => {
  await world.ann();
  const failed = async (email: string) => {
    const [line] = await logOf(world, () => world.browser().post("/login", { email, password }));
    return [line?.event, line?.facts.email, line?.facts.userId];
  };

  deepEqual(await failed("Nobody@Example.com"), ["authn_login_fail", "n…@example.com", null]);
  deepEqual(await failed("seven quiet otters row"), ["authn_login_fail", undefined, null]);
  deepEqual(await failed("hunter2@home"), ["authn_login_fail", undefined, null]);
  ok(!world.lines.join().includes("obody"));
});

test("forwarded headers of a client do not change the logged address or request id [SEC-C11]", async (world) => {
  const browser = world.browser("198.51.100.7");

  for (let i = 0; i < 100; i++) {
    const address = `203.0.113.${i}`;
    const headers = {
      "x-forwarded-for": address,
      "x-real-ip": address,
      forwarded: `for=${address}`,
      "x-request-id": `chosen-${i}`,
    };
    await browser.get("/profile", headers);
  }
  const lines = world.logged;
  equal(lines.length, 120); // one for each request, and 20 for the guarded page
  deepEqual([...new Set(lines.map(({ facts }) => facts.sourceAddress))], ["198.51.100.7"]);
  ok(!/203\.0\.113\.|chosen-/.test(world.lines.join()));
});

test("a user agent or origin cannot forge a log line, and long ones are cut [SEC-N4]", async (world) => {
  const browser = world.browser();
  browser.userAgent = `\u001b[2J\u0085${"x".repeat(5000)}`;

  await browser.post("/login", {}, {
    "sec-fetch-site": "cross-site",
    origin: `https://evil\u009b31m.example/${"x".repeat(5000)}`,
  });
  const [refused] = world.logged;
  equal(refused?.facts.userAgent, browser.userAgent.slice(0, 256));
  ok((world.lines[0] ?? "").length < 4000);
});

test("an outage is one line, with the request id that the page shows [SEC-N4] [SEC-N8]", async (world) => {
  const browser = await world.ann();

  world.broken.fault = "fail";
  let page = "";
  const [line, ...more] = await logOf(world, async () => {
    page = await (await browser.get("/profile")).text();
  });
  deepEqual([line?.event, line?.facts.route, more], ["unavailable", "/profile", []]);
  ok(page.includes(String(line?.facts.requestId)));
});

const refusals: [status: number, shows: boolean, send: (browser: Browser) => Promise<Response>][] =
  [
    [403, true, (it) => it.post("/login", {}, { "sec-fetch-site": "cross-site" })],
    [413, true, (it) => it.post("/login", { email: "x".repeat(20_000) })],
    [415, true, (it) => it.post("/login", {}, { "content-type": "text/plain" })],
    [404, false, (it) => it.get("/nowhere")],
    [405, false, (it) => it.post("/")],
    [422, false, (it) => it.post("/login", { email, password })],
  ];

for (const [status, shows, send] of refusals) {
  test(`the page of a ${status} shows ${shows ? "the" : "no"} request id [SEC-N5]`, async (world) => {
    const answer = await send(world.browser());
    equal(answer.status, status);
    const page = await answer.text();
    const id = world.logged.at(-1)?.facts.requestId;
    equal(page.includes(String(id)), shows);
  });
}

test("an expired session is logged once, not at every request [SEC-N1]", async (world) => {
  const browser = await world.ann();
  world.pass(30 * DAY);

  const lines = await logOf(world, async () => {
    await browser.get("/");
    await browser.get("/");
  });
  deepEqual(lines.map(({ event, facts }) => [event, facts.reason]), [[
    "session_expired",
    "expired",
  ]]);
});
