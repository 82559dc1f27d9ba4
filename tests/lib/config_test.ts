import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  type Config,
  type Environment,
  opensConnections,
  readConfig,
  variables,
} from "../../lib/config.ts";
import { newSecretKey } from "../../lib/keys.ts";
import { DAY, HOUR, MINUTE } from "../../lib/time.ts";

const key = newSecretKey();
const production: Environment = { ORIGIN: "https://app.example", SECRET_KEY: key };

function problems(env: Environment): readonly string[] {
  const result = readConfig(env);
  return result.ok ? [] : result.problems;
}

function config(env: Environment): Config {
  const result = readConfig(env);
  ok(result.ok, Deno.inspect(result));
  return result.config;
}

Deno.test("production needs an origin and a key, nothing else", () => {
  deepEqual(problems({}).map((problem) => problem.split(" ")[0]), ["ORIGIN", "SECRET_KEY"]);
  deepEqual(problems(production), []);
});

Deno.test("variables that are not set have these defaults", () => {
  const { secretKeys, ...rest } = config(production);
  equal(secretKeys.length, 1);
  deepEqual(rest, {
    deployed: false,
    origin: "https://app.example",
    host: "localhost",
    port: 8000,
    kvPath: ".data/latchkey.db",
    lifetimes: {
      idle: 2 * HOUR,
      absolute: 24 * HOUR,
      fresh: 10 * MINUTE,
      seen: 5 * MINUTE,
      remember: 30 * DAY,
    },
    eventsFor: 90 * DAY,
    sessionProtection: "basic",
    passwordMinLength: 15,
    passwordRangeUrl: null,
    argon2: { memoryKiB: 12288, passes: 3 },
    argon2Workers: Math.min(navigator.hardwareConcurrency, 4),
    trustedProxies: 0,
    mail: null,
    loginByMail: false,
    requireSecondFactor: "admins",
    providers: [],
    securityContact: null,
    hsts: "max-age=63072000",
    logLevel: "info",
  });
});

Deno.test("the default origin in development is localhost with the port", () => {
  equal(
    config({ APP_ENV: "development", SECRET_KEY: key, PORT: "8123" }).origin,
    "http://localhost:8123",
  );
});

const development: Environment = { APP_ENV: "development", SECRET_KEY: key };
const from = { name: "Latchkey", address: "no-reply@app.example" };
const smtp = {
  MAIL_FROM: "Latchkey <no-reply@app.example>",
  SMTP_URL: "smtp://user:pass%2Fword@smtp.example:587",
};
const api = {
  MAIL_FROM: "Latchkey <no-reply@app.example>",
  MAIL_API_URL: "https://api.mail.example/emails",
  MAIL_API_KEY: "re_0123456789",
};

Deno.test("mails leave by SMTP, by an HTTP API, or stay in the mailbox of development", () => {
  deepEqual(config({ ...production, ...smtp }).mail, {
    from,
    transport: { kind: "smtp", url: smtp.SMTP_URL },
  });
  deepEqual(config({ ...development, ...api }).mail, {
    from,
    transport: { kind: "http_api", url: api.MAIL_API_URL, key: api.MAIL_API_KEY },
  });
  deepEqual(config(development).mail, {
    from: { name: "Latchkey", address: "no-reply@localhost" },
    transport: { kind: "mailbox" },
  });
});

const senders: [written: string, name: string, address: string][] = [
  ["no-reply@app.example", "", "no-reply@app.example"],
  ["  No-Reply@App.example ", "", "no-reply@app.example"],
  ["<no-reply@app.example>", "", "no-reply@app.example"],
  ['"Ann & Bob, Inc." <no-reply@app.example>', "Ann & Bob, Inc.", "no-reply@app.example"],
  ["Schlüssel <no-reply@bücher.example>", "Schlüssel", "no-reply@xn--bcher-kva.example"],
];

for (const [written, name, address] of senders) {
  Deno.test(`MAIL_FROM=${written} is ${address} with the name "${name}"`, () => {
    const { mail } = config({ ...production, ...smtp, MAIL_FROM: written });
    deepEqual(mail?.from, { name, address });
  });
}

const brokenMail: [settings: Environment, problem: RegExp][] = [
  [{ MAIL_FROM: smtp.MAIL_FROM }, /^MAIL_FROM is set without a way to send: set SMTP_URL, or/],
  [{ SMTP_URL: smtp.SMTP_URL }, /^SMTP_URL is set without MAIL_FROM: set MAIL_FROM to/],
  [{ ...api, MAIL_FROM: "" }, /^MAIL_API_URL is set without MAIL_FROM: set MAIL_FROM to/],
  [{ ...api, ...smtp }, /^SMTP_URL and MAIL_API_URL are both set: set only the one/],
  [{ ...api, MAIL_API_KEY: "" }, /^MAIL_API_URL is set without MAIL_API_KEY: set both/],
  [{ ...api, MAIL_API_URL: "" }, /^MAIL_API_KEY is set without MAIL_API_URL: set both/],
];
for (const MAIL_FROM of ["Latchkey", "no-reply@localhost", "a@b.example, c@d.example"]) {
  brokenMail.push([{ ...smtp, MAIL_FROM }, /^MAIL_FROM is not an address: set it to/]);
}
for (const MAIL_FROM of ["A\r\nBcc: b <a@b.example>", "A <a@b.example> <c@d.example>"]) {
  brokenMail.push([{ ...smtp, MAIL_FROM }, /^MAIL_FROM is not an address: set it to/]);
}
const notServers = ["smtp.example:587", "https://smtp.example", "smtp://", "smtps://a/b"];
for (const SMTP_URL of [...notServers, "smtp://a?secure=false", "smtp://a:70000", "smtp://a b"]) {
  brokenMail.push([{ ...smtp, SMTP_URL }, /^SMTP_URL is not a mail server: set it to/]);
}
brokenMail.push([
  { ...smtp, SMTP_URL: "smtp://user@a" },
  /^SMTP_URL has half a login: set it with/,
]);
brokenMail.push([{ ...smtp, SMTP_URL: "smtp://:secret@a" }, /^SMTP_URL has half a login: set it/]);
brokenMail.push([{ ...smtp, SMTP_URL: "smtp://user:100%@a" }, /^SMTP_URL has a % that .*: set it/]);
for (const MAIL_API_URL of ["http://api.example", "api.example", "https://user:a@api.example"]) {
  brokenMail.push([{ ...api, MAIL_API_URL }, /^MAIL_API_URL is not an https address: set it to/]);
}
brokenMail.push([{ ...api, MAIL_API_KEY: "two words" }, /^MAIL_API_KEY has characters .*: set it/]);

const mailSecrets = /pass%2Fword|secret|100%|re_0123456789|two words/;

for (const [settings, problem] of brokenMail) {
  const shown = Object.entries(settings).map((pair) => pair.join("=")).join(" ");
  Deno.test(`${JSON.stringify(shown)} is refused with what to set, also in development`, () => {
    for (const mode of [production, development]) {
      const found = problems({ ...mode, ...settings });
      equal(found.length, 1, found.join("\n"));
      match(found[0] ?? "", problem);
      match(found[0] ?? "", /\.$/);
      ok(!mailSecrets.test(found[0] ?? ""), "the problem quotes a secret");
    }
  });
}

Deno.test("an HTTP API may be plain http on this machine", () => {
  for (const host of ["localhost:8025", "127.0.0.1", "[::1]:8025"]) {
    deepEqual(problems({ ...production, ...api, MAIL_API_URL: `http://${host}/emails` }), []);
  }
});

Deno.test("login by mail is off by default, and needs mail", () => {
  const LOGIN_BY_MAIL = "on";
  equal(config({ ...production, ...smtp }).loginByMail, false);
  equal(config({ ...production, ...smtp, LOGIN_BY_MAIL }).loginByMail, true);
  equal(config({ ...development, LOGIN_BY_MAIL }).loginByMail, true);
  const [problem = ""] = problems({ ...production, LOGIN_BY_MAIL });
  match(problem, /^LOGIN_BY_MAIL is on without mail: set MAIL_FROM too, or set it to off\.$/);
});

Deno.test("on Deno Deploy the default database is the attached one", () => {
  equal(config({ ...production, DENO_DEPLOY: "1" }).kvPath, null);
});

Deno.test("only a remote database, a range service, mail and providers need the network", () => {
  const path = (KV_PATH: string) => opensConnections(config({ ...production, KV_PATH }));
  deepEqual([path(""), path(":memory:"), path("/var/lib/latchkey.db")], [false, false, false]);
  equal(path("https://kv.example"), true);
  equal(opensConnections(config({ ...production, DENO_DEPLOY: "1" })), true);
  equal(opensConnections(config({ ...production, ...smtp })), true);
  equal(opensConnections(config({ ...production, ...api })), true);
  equal(opensConnections(config(development)), false);
  const PASSWORD_RANGE_URL = "https://range.example";
  equal(opensConnections(config({ ...production, PASSWORD_RANGE_URL })), true);
  const OIDC_PROVIDERS = "github";
  const client = { OIDC_GITHUB_CLIENT_ID: "id", OIDC_GITHUB_CLIENT_SECRET: "secret" };
  equal(opensConnections(config({ ...production, OIDC_PROVIDERS, ...client })), true);
});

const invalid: [name: keyof Environment, value: string][] = [
  ["APP_ENV", "Production"],
  ["ORIGIN", "app.example"],
  ["ORIGIN", "http://app.example"],
  ["ORIGIN", "https://app.example/login"],
  ["ORIGIN", "https://user@app.example"],
  ["ORIGIN", "https://app.example?a"],
  ["ORIGIN", "https://app.example//"],
  ["ORIGIN", "https://app example"],
  ["ORIGIN", "https:app.example"],
  ["ORIGIN", "http://192.0.2.1"],
  ["PORT", "http"],
  ["PORT", "0"],
  ["PORT", "65536"],
  ["SECRET_KEY", "short"],
  ["SECRET_KEY", "not base64, though it is long enough to be a key of some length"],
  ["SECRET_KEY", btoa("x".repeat(31))],
  ["SECRET_KEY", btoa("x".repeat(64))],
  ["SECRET_KEY", btoa("0123456789".repeat(4))],
  ["SECRET_KEY_FALLBACKS", key],
  ["SECRET_KEY_FALLBACKS", `${newSecretKey()},`],
  ["SESSION_IDLE", "2 hours"],
  ["SESSION_IDLE", "0h"],
  ["SESSION_IDLE", "25h"],
  ["SESSION_ABSOLUTE", "-1d"],
  ["REMEMBER_FOR", "401d"],
  ["FRESH_FOR", "ten minutes"],
  ["EVENTS_FOR", "90 days"],
  ["SESSION_PROTECTION", "Strong"],
  ["PASSWORD_MIN_LENGTH", "7"],
  ["PASSWORD_RANGE_URL", "http://range.example"],
  ["ARGON2_PASSES", "2"],
  ["ARGON2_MEMORY_KIB", "9216"],
  ["ARGON2_MEMORY_KIB", "131072"],
  ["ARGON2_MEMORY_KIB", "131073"],
  ["ARGON2_WORKERS", "0"],
  ["ARGON2_WORKERS", "17"],
  ["ARGON2_WORKERS", "two"],
  ["LOGIN_BY_MAIL", "yes"],
  ["TRUSTED_PROXY", "11"],
  ["TRUSTED_PROXY", "true"],
  ["OIDC_PROVIDERS", "Google"],
  ["OIDC_PROVIDERS", "dev"],
  ["SECURITY_CONTACT", "security@app.example"],
  ["SECURITY_CONTACT", "http://app.example/security"],
  ["SECURITY_CONTACT", "mailto:security@app.example\nCanonical: https://evil.test"],
  ["HSTS", "on"],
  ["HSTS", "63072000"],
  ["HSTS", "max-age=1y"],
  ["HSTS", "max-age=1; includeSubdomain"],
  ["HSTS", "max-age=1\nSet-Cookie: a=b"],
  ["LOG_LEVEL", "loud"],
];

for (const [name, value] of invalid) {
  Deno.test(`${name}=${value.slice(0, 30)} is refused with what to set [SEC-M4]`, () => {
    const found = problems({ ...production, [name]: value });
    equal(found.length, 1, found.join("\n"));
    match(found[0] ?? "", new RegExp(`^.*${name}.*: set .+\\.$`));
    if (name.startsWith("SECRET")) ok(!found[0]?.includes(value), "the problem quotes the value");
  });
}

const origins: [written: string, origin: string][] = [
  ["HTTPS://App.Example", "https://app.example"],
  ["https://app.example:443/", "https://app.example"],
  ["https://app.example:8443", "https://app.example:8443"],
  ["https://bücher.example", "https://xn--bcher-kva.example"],
  ["http://LOCALHOST:80/", "http://localhost"],
];

for (const [written, origin] of origins) {
  Deno.test(`ORIGIN=${written} is ${origin}`, () => {
    equal(config({ ...production, ORIGIN: written }).origin, origin);
  });
}

Deno.test("HSTS takes off, or the value of the header", () => {
  equal(config({ ...production, HSTS: "off" }).hsts, null);
  for (const value of ["max-age=0", "max-age=31536000; includeSubDomains; preload"]) {
    equal(config({ ...production, HSTS: value }).hsts, value);
  }
});

const preview = { DENO_DEPLOY: "1", SECRET_KEY: key };
const slugs = { DENO_DEPLOY_APP_SLUG: "app", DENO_DEPLOY_ORG_SLUG: "org" };
const longSlugs = { DENO_DEPLOY_APPLICATION_SLUG: "app", DENO_DEPLOY_ORGANIZATION_SLUG: "org" };
const deployments: [env: Environment, origin: string][] = [
  [{ ...slugs, DENO_TIMELINE: "preview/abc123" }, "https://app-abc123.org.deno.net"],
  [{ ...longSlugs, DENO_TIMELINE: "preview/abc123" }, "https://app-abc123.org.deno.net"],
  [
    { ...slugs, DENO_TIMELINE: "preview", DENO_DEPLOY_BUILD_ID: "abc123" },
    "https://app-abc123.org.deno.net",
  ],
  [{ ...slugs, DENO_TIMELINE: "git-branch/fix/Login" }, "https://app--fix-login.org.deno.net"],
];

for (const [env, origin] of deployments) {
  Deno.test(`on Deno Deploy the default origin of ${Object.values(env).join(" ")} is ${origin}`, () => {
    equal(config({ ...preview, ...env }).origin, origin);
    equal(config({ ...preview, ...env, ORIGIN: "https://a.example" }).origin, "https://a.example");
  });
}

Deno.test("production on Deno Deploy needs an origin and a key", () => {
  for (const timeline of [{ DENO_TIMELINE: "production" }, {}]) {
    const found = problems({ DENO_DEPLOY: "1", ...slugs, DENO_DEPLOY_BUILD_ID: "a", ...timeline });
    deepEqual(found.map((problem) => problem.split(" ")[0]), ["ORIGIN", "SECRET_KEY"]);
  }
});

Deno.test("the other approved parameters of argon2id are accepted", () => {
  for (const [memory, passes] of [["19456", "2"], ["47104", "1"], ["65536", "4"]] as const) {
    deepEqual(problems({ ...production, ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes }), []);
  }
});

Deno.test("a security contact is a mail address or a web page [SEC-F18]", () => {
  for (const contact of ["mailto:security@app.example", "https://app.example/security"]) {
    equal(config({ ...production, SECURITY_CONTACT: contact }).securityContact, contact);
  }
});

Deno.test(".env.example lists every variable, and `deno task start` may read each", async () => {
  const example = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  const listed = [...example.matchAll(/^(?:# (?!OIDC_))?([A-Z_0-9]+)=/gm)].map(([, name]) => name);
  const ours = variables.filter((name) => !name.startsWith("DENO_") && name !== "WATCH");
  deepEqual(listed.sort(), ours.sort());

  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const allowed = /--allow-env=(\S+)/.exec(tasks.start.command)?.[1]?.split(",");
  const fixed = variables.filter((name) => !name.startsWith("OIDC_"));
  deepEqual(allowed?.sort(), [...fixed, "OIDC_*", "DENO_KV_ACCESS_TOKEN"].sort());
  match(tasks.start.command, / --allow-read=\.data,lib --allow-write=\.data main\.ts$/);
});

Deno.test(".env.example with an origin and a key is the default configuration", async () => {
  const example = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  const lines = [...example.matchAll(/^(?:# (?!OIDC_))?([A-Z_0-9]+)=(.*)$/gm)];
  const listed = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
  deepEqual(config({ ...listed, ...production }), config(production));
});
