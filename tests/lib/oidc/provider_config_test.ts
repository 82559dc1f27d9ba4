import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { readEnvironment } from "../../../lib/config.ts";
import {
  type ProviderConfig,
  type ProviderEnvironment,
  readProviderConfigs,
} from "../../../lib/oidc/provider_config.ts";

const https = { origin: "https://app.example" };
const http = { origin: "http://localhost:8000" };

const google = { OIDC_GOOGLE_CLIENT_ID: "123.apps", OIDC_GOOGLE_CLIENT_SECRET: "GOCSPX-secret" };
const microsoft = {
  OIDC_MICROSOFT_CLIENT_ID: "an-id",
  OIDC_MICROSOFT_CLIENT_SECRET: "a-secret",
};
const github = { OIDC_GITHUB_CLIENT_ID: "Iv1.0123", OIDC_GITHUB_CLIENT_SECRET: "a-secret" };
const gitlab = { OIDC_GITLAB_CLIENT_ID: "an-id", OIDC_GITLAB_CLIENT_SECRET: "gloas-secret" };
const acme = {
  OIDC_ACME_CLIENT_ID: "latchkey",
  OIDC_ACME_CLIENT_SECRET: "a-secret",
  OIDC_ACME_ISSUER: "https://id.acme.example/realms/all",
};

function read(OIDC_PROVIDERS: string, env: ProviderEnvironment, site = https) {
  const problems: string[] = [];
  const report = (problem: string) => problems.push(problem);
  const providers = readProviderConfigs({ ...env, OIDC_PROVIDERS }, site, report);
  return { providers, problems };
}

function only(name: string, env: ProviderEnvironment, site = https): ProviderConfig {
  const { providers: [provider], problems } = read(name, env, site);
  deepEqual(problems, []);
  ok(provider);
  return provider;
}

Deno.test("without OIDC_PROVIDERS there is no provider, whatever else is set", () => {
  deepEqual(read("", google), { providers: [], problems: [] });
  deepEqual(read("  ", google), { providers: [], problems: [] });
});

Deno.test("providers come in the order in which they are named", () => {
  const { providers, problems } = read(" github, acme ,google", { ...google, ...github, ...acme });
  deepEqual(problems, []);
  deepEqual(providers.map(({ name }) => name), ["github", "acme", "google"]);
});

Deno.test("google needs a client id and a secret only, and is no proof of a fresh login", () => {
  deepEqual(only("google", google), {
    name: "google",
    label: "Google",
    mark: "google",
    kind: "openid",
    issuer: "https://accounts.google.com",
    clientId: "123.apps",
    clientSecret: "GOCSPX-secret",
    otherOrigins: [],
    tellsAuthTime: false,
    trust: { amr: [], acr: [], authTime: false },
  });
});

Deno.test("github is no OpenID provider", () => {
  const { kind, issuer, tellsAuthTime } = only("github", github);
  deepEqual([kind, issuer, tellsAuthTime], ["github", "https://github.com", false]);
});

Deno.test("gitlab is gitlab.com, or an instance of its own", () => {
  const own = { ...gitlab, OIDC_GITLAB_ISSUER: "https://git.example" };
  equal(only("gitlab", gitlab).issuer, "https://gitlab.com");
  equal(only("gitlab", own).issuer, "https://git.example");
  equal(only("gitlab", own).mark, "gitlab");
});

const guid = "0a1b2c3d-0000-4000-8000-0123456789ab";
const tenants: [tenant: string, path: string][] = [
  ["common", "common"],
  ["organizations", "organizations"],
  ["consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"],
  [guid, guid],
  [guid.toUpperCase(), guid],
];

for (const [OIDC_MICROSOFT_TENANT, path] of tenants) {
  Deno.test(`the issuer of microsoft's tenant ${OIDC_MICROSOFT_TENANT} is that of ${path}`, () => {
    const provider = only("microsoft", { ...microsoft, OIDC_MICROSOFT_TENANT });
    equal(provider.issuer, `https://login.microsoftonline.com/${path}/v2.0`);
    deepEqual(provider.otherOrigins, ["https://login.live.com"]);
  });
}

Deno.test("any other name needs an issuer, which is kept as it is written", () => {
  const provider = only("acme", acme);
  deepEqual([provider.label, provider.mark, provider.kind], ["Acme", null, "openid"]);
  equal(provider.issuer, "https://id.acme.example/realms/all");
  equal(provider.tellsAuthTime, true);
  for (const OIDC_ACME_ISSUER of ["https://id.example", "https://id.example/"]) {
    equal(only("acme", { ...acme, OIDC_ACME_ISSUER }).issuer, OIDC_ACME_ISSUER);
  }
});

Deno.test("a hyphen of a name is an underscore in its variables", () => {
  const provider = only("my-idp", {
    OIDC_MY_IDP_CLIENT_ID: "an-id",
    OIDC_MY_IDP_CLIENT_SECRET: "a-secret",
    OIDC_MY_IDP_ISSUER: "https://id.example",
    OIDC_MY_IDP_LABEL: "Nüon & Co.",
    OIDC_MY_IDP_ORIGINS: "https://a.example, https://b.example:8443",
  });
  equal(provider.label, "Nüon & Co.");
  deepEqual(provider.otherOrigins, ["https://a.example", "https://b.example:8443"]);
});

Deno.test("only what the settings name is believed of how somebody logged in [SEC-K11]", () => {
  deepEqual(only("acme", acme).trust, { amr: [], acr: [], authTime: false });
  const OIDC_ACME_TRUST = "amr:mfa, acr:phrh,amr:hwk,auth_time, acr:urn:mace:incommon:iap:silver";
  deepEqual(only("acme", { ...acme, OIDC_ACME_TRUST }).trust, {
    amr: ["mfa", "hwk"],
    acr: ["phrh", "urn:mace:incommon:iap:silver"],
    authTime: true,
  });
});

Deno.test("a provider that is trusted to say when somebody logged in does say it", () => {
  const OIDC_MICROSOFT_TENANT = "common";
  equal(only("microsoft", { ...microsoft, OIDC_MICROSOFT_TENANT }).tellsAuthTime, false);
  const trusting = { ...microsoft, OIDC_MICROSOFT_TENANT, OIDC_MICROSOFT_TRUST: "auth_time" };
  equal(only("microsoft", trusting).tellsAuthTime, true);
});

Deno.test("dev is the local provider, a thousand ports above the site", () => {
  const APP_ENV = "development";
  const provider = only("dev", { APP_ENV }, http);
  deepEqual([provider.label, provider.issuer], ["Dev", "http://localhost:9000"]);
  deepEqual(provider.trust, { amr: ["mfa"], acr: [], authTime: true });
  equal(only("dev", { APP_ENV, PORT: "8123" }, http).issuer, "http://localhost:9123");
  const OIDC_DEV_ISSUER = "http://localhost:7000";
  equal(only("dev", { APP_ENV, OIDC_DEV_ISSUER }, http).issuer, OIDC_DEV_ISSUER);
});

Deno.test("an http issuer is for this machine only, and for a site on http only", () => {
  for (const host of ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"]) {
    const local = { ...acme, OIDC_ACME_ISSUER: `http://${host}` };
    equal(only("acme", local, http).issuer, `http://${host}`);
    equal(read("acme", local, https).problems.length, 1);
  }
  const { problems } = read("acme", { ...acme, OIDC_ACME_ISSUER: "http://id.example" }, http);
  match(problems.join(), /^OIDC_ACME_ISSUER is not https, .*: set it to an https address\.$/);
});

const eleven = Array.from({ length: 11 }, (_, i) => `p${i}`).join(",");
const lists: [providers: string, problem: RegExp][] = [
  ["Google", /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["google,", /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["google acme", /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["1st", /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["a_b", /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["../login", /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["a".repeat(32), /^OIDC_PROVIDERS is not a list of names: set it to/],
  ["google,github,google", /^OIDC_PROVIDERS has a name twice: set it to/],
  [eleven, /^OIDC_PROVIDERS has too many names: set it to at most 10\.$/],
  ["apple", /^OIDC_PROVIDERS has apple, which .*: set OIDC_PROVIDERS without it\.$/],
  ["dev", /^OIDC_PROVIDERS has dev, .*: set APP_ENV to development, or OIDC_PROVIDERS without/],
];

for (const [providers, problem] of lists) {
  Deno.test(`OIDC_PROVIDERS=${providers.slice(0, 24)} is refused with what to set`, () => {
    const { problems } = read(providers, { ...google, ...github }, http);
    equal(problems.length, 1, problems.join("\n"));
    match(problems[0] ?? "", problem);
  });
}

const all = { ...google, ...microsoft, ...github, ...acme, ...gitlab };
const long = "x".repeat(1025);
const settings: [providers: string, setting: ProviderEnvironment, problem: RegExp][] = [
  ["google", { OIDC_GOOGLE_CLIENT_ID: "" }, /^OIDC_GOOGLE_CLIENT_ID is not set: set it to/],
  ["google", { OIDC_GOOGLE_CLIENT_SECRET: "" }, /^OIDC_GOOGLE_CLIENT_SECRET is not set: set/],
  ["google", { OIDC_GOOGLE_CLIENT_ID: "a\nb" }, /^OIDC_GOOGLE_CLIENT_ID is not one .*: set it/],
  ["google", { OIDC_GOOGLE_CLIENT_ID: "x".repeat(257) }, /^OIDC_GOOGLE_CLIENT_ID is not one/],
  ["google", { OIDC_GOOGLE_CLIENT_SECRET: "se\0cret" }, /^OIDC_GOOGLE_CLIENT_SECRET is not one/],
  ["google", { OIDC_GOOGLE_CLIENT_SECRET: long }, /^OIDC_GOOGLE_CLIENT_SECRET is not one/],
  [
    "google",
    { OIDC_GOOGLE_ISSUER: "https://a.example" },
    /^OIDC_GOOGLE_ISSUER is set, but .*: leave/,
  ],
  ["google", { OIDC_GOOGLE_LABEL: "x".repeat(41) }, /^OIDC_GOOGLE_LABEL is not a name: set it to/],
  ["google", { OIDC_GOOGLE_LABEL: "a\u202eb" }, /^OIDC_GOOGLE_LABEL is not a name: set it to/],
  ["microsoft", {}, /^OIDC_MICROSOFT_TENANT does not say whose accounts count: set it to/],
  ["microsoft", { OIDC_MICROSOFT_TENANT: "../x" }, /^OIDC_MICROSOFT_TENANT does not .*: set it to/],
  ["github", { OIDC_GITHUB_TRUST: "amr:mfa" }, /^OIDC_GITHUB_TRUST is set, but .*: leave it/],
  ["acme", { OIDC_ACME_TRUST: "mfa" }, /^OIDC_ACME_TRUST has an unknown word: set it to/],
  ["acme", { OIDC_ACME_TRUST: "amr:" }, /^OIDC_ACME_TRUST has an unknown word: set it to/],
  ["acme", { OIDC_ACME_TRUST: "auth_time,," }, /^OIDC_ACME_TRUST has an unknown word: set it to/],
  ["acme", { OIDC_ACME_ISSUER: "" }, /^OIDC_ACME_ISSUER is not set: set it to/],
  [
    "acme,gitlab",
    { OIDC_ACME_ISSUER: "https://gitlab.com" },
    /two names of one issuer.*: set only/,
  ],
];
const notIssuers = ["id.example", "https://a:b@id.example", "https://id.example?a", "ftp://id"];
for (const issuer of [...notIssuers, "https://id.example#", "https://ID.example", "https://a\tb"]) {
  settings.push(["acme", { OIDC_ACME_ISSUER: issuer }, /^OIDC_ACME_ISSUER is not .*: set it to/]);
}
for (
  const origin of ["https://a.example/", "a.example", "http://a.example", "https://*.a 'self'"]
) {
  settings.push(["acme", { OIDC_ACME_ORIGINS: origin }, /^OIDC_ACME_ORIGINS is not .*: set it to/]);
}

for (const [providers, setting, problem] of settings) {
  const shown = JSON.stringify(setting).slice(0, 60);
  Deno.test(`${providers} with ${shown} is refused with what to set, and no secret in it`, () => {
    const { problems } = read(providers, { ...all, ...setting });
    equal(problems.length, 1, problems.join("\n"));
    match(problems[0] ?? "", problem);
    match(problems[0] ?? "", /\.$/);
    for (const [name, value] of Object.entries(setting)) {
      ok(!value || !name.endsWith("_SECRET") || !problems[0]?.includes(value));
    }
  });
}

Deno.test("the local provider's issuer has to be set where the port above is none", () => {
  const { problems } = read("dev", { APP_ENV: "development", PORT: "65000" }, http);
  match(problems.join(), /^OIDC_DEV_ISSUER is not an issuer: set it to/);
});

Deno.test("the variables of the named providers are read, and no others", () => {
  const asked: string[] = [];
  const set: Record<string, string> = { ...all, OIDC_PROVIDERS: "acme, ../x", HOME: "/root" };
  const environment = readEnvironment((name) => {
    asked.push(name);
    return set[name];
  });
  deepEqual(environment, { ...acme, OIDC_PROVIDERS: "acme, ../x" });
  deepEqual([...new Set(asked.filter((name) => name.startsWith("OIDC_")))].sort(), [
    "OIDC_ACME_CLIENT_ID",
    "OIDC_ACME_CLIENT_SECRET",
    "OIDC_ACME_ISSUER",
    "OIDC_ACME_LABEL",
    "OIDC_ACME_ORIGINS",
    "OIDC_ACME_TENANT",
    "OIDC_ACME_TRUST",
    "OIDC_PROVIDERS",
  ]);
});

Deno.test({
  name: "the tasks may read the variables of providers, and none that is not listed",
  permissions: { env: ["ORIGIN", "OIDC_*"] },
  fn: () => {
    equal(Deno.env.get("OIDC_ACME_CLIENT_ID"), undefined);
    throws(() => Deno.env.get("HOME"), Deno.errors.NotCapable);
  },
});
