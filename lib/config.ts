import { MAX_ARGON2_KIB, MAX_ARGON2_WORK } from "./credential/stored_hash.ts";
import { previewOrigin } from "./deploy.ts";
import { isFile } from "./kv/database_file.ts";
import { parseSecretKey } from "./keys.ts";
import { developmentMail, type MailConfig, readMailConfig } from "./mail/mail_config.ts";
import {
  type ProviderConfig,
  type ProviderEnvironment,
  providerVariables,
  readProviderConfigs,
} from "./oidc/provider_config.ts";
import { DAY, HOUR, MINUTE, parseDuration } from "./time.ts";

/**
 * Every environment variable that the app reads, besides those of the providers that
 * `OIDC_PROVIDERS` names. The permissions of the tasks list the same.
 */
export const variables = [
  "APP_ENV",
  "ORIGIN",
  "HOST",
  "PORT",
  "KV_PATH",
  "SECRET_KEY",
  "SECRET_KEY_FALLBACKS",
  "SESSION_IDLE",
  "SESSION_ABSOLUTE",
  "REMEMBER_FOR",
  "FRESH_FOR",
  "EVENTS_FOR",
  "SESSION_PROTECTION",
  "PASSWORD_MIN_LENGTH",
  "PASSWORD_RANGE_URL",
  "ARGON2_MEMORY_KIB",
  "ARGON2_PASSES",
  "ARGON2_WORKERS",
  "TRUSTED_PROXY",
  "MAIL_FROM",
  "SMTP_URL",
  "MAIL_API_URL",
  "MAIL_API_KEY",
  "LOGIN_BY_MAIL",
  "REQUIRE_SECOND_FACTOR",
  "OIDC_PROVIDERS",
  "SECURITY_CONTACT",
  "HSTS",
  "LOG_LEVEL",
  "DENO_DEPLOY",
  "DENO_TIMELINE",
  "DENO_DEPLOY_APP_SLUG",
  "DENO_DEPLOY_ORG_SLUG",
  "DENO_DEPLOY_APPLICATION_SLUG",
  "DENO_DEPLOY_ORGANIZATION_SLUG",
  "DENO_DEPLOY_BUILD_ID",
  "WATCH", // set by `deno task dev`
] as const;

export type Environment = Partial<Record<typeof variables[number], string>> & ProviderEnvironment;

/** Gets every variable that the app reads. */
export function readEnvironment(get: (name: string) => string | undefined): Environment {
  const names = [...variables, ...providerVariables(get("OIDC_PROVIDERS") ?? "")];
  return Object.fromEntries(names.flatMap((name) => {
    const value = get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

export interface Config {
  /** True on Deno Deploy, where the platform attaches the database. */
  readonly deployed: boolean;
  /** Scheme, host and port of the site, such as `https://app.example`. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** A file, `:memory:` or a URL; null for the database that Deno Deploy attaches. */
  readonly kvPath: string | null;
  /** The first key makes new values; all of them verify old ones. */
  readonly secretKeys: readonly Uint8Array<ArrayBuffer>[];
  /** In milliseconds. */
  readonly lifetimes: {
    readonly idle: number;
    readonly absolute: number;
    readonly fresh: number;
    readonly seen: number;
    readonly remember: number;
  };
  /** How long the timelines of accounts are kept, in milliseconds. */
  readonly eventsFor: number;
  readonly sessionProtection: "off" | "basic" | "strong";
  readonly passwordMinLength: number;
  /** A range service for breached passwords; null when the app asks none. */
  readonly passwordRangeUrl: string | null;
  readonly argon2: { readonly memoryKiB: number; readonly passes: number };
  /** How many threads hash passwords. */
  readonly argon2Workers: number;
  /** How many proxies stand before the app, whose `X-Forwarded-For` entries are trusted. */
  readonly trustedProxies: number;
  /** How mails leave; null when mail is off. */
  readonly mail: MailConfig | null;
  /** Who has to enrol a second factor before anything else. */
  readonly requireSecondFactor: "off" | "admins" | "all";
  /** Whether a mailed link logs in. */
  readonly loginByMail: boolean;
  /** Where people may log in with an account of theirs, in the order of the buttons. */
  readonly providers: readonly ProviderConfig[];
  /** Where to report a vulnerability: a `mailto:` or `https:` URL; null when not set. */
  readonly securityContact: string | null;
  /** The value of `Strict-Transport-Security`; null sends none. */
  readonly hsts: string | null;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the whole configuration. Each problem is a sentence that says what to set. */
export function readConfig(env: Environment): ConfigResult {
  const problems: string[] = [];
  const development = oneOf("APP_ENV", ["production", "development"]) === "development";
  const deployed = env.DENO_DEPLOY !== undefined;

  const idle = duration("SESSION_IDLE", 2 * HOUR);
  const siteOrigin = origin();
  const config: Config = {
    deployed,
    origin: siteOrigin,
    host: env.HOST || "localhost",
    port: integer("PORT", 8000, 1, 65535),
    kvPath: env.KV_PATH || (deployed ? null : defaultKvPath),
    secretKeys: secretKeys(),
    lifetimes: {
      idle,
      absolute: duration("SESSION_ABSOLUTE", 24 * HOUR),
      fresh: duration("FRESH_FOR", 10 * MINUTE),
      seen: Math.min(5 * MINUTE, idle / 4),
      remember: duration("REMEMBER_FOR", 30 * DAY),
    },
    eventsFor: duration("EVENTS_FOR", 90 * DAY),
    sessionProtection: oneOf("SESSION_PROTECTION", ["basic", "off", "strong"]),
    passwordMinLength: integer("PASSWORD_MIN_LENGTH", 15, 8, 64),
    passwordRangeUrl: rangeUrl(),
    argon2: argon2(),
    argon2Workers: integer("ARGON2_WORKERS", Math.min(navigator.hardwareConcurrency, 4), 1, 16),
    trustedProxies: integer("TRUSTED_PROXY", 0, 0, 10),
    requireSecondFactor: oneOf("REQUIRE_SECOND_FACTOR", ["admins", "off", "all"]),
    mail: mail(),
    loginByMail: oneOf("LOGIN_BY_MAIL", ["off", "on"]) === "on",
    providers: readProviderConfigs(
      env,
      { origin: siteOrigin },
      (problem) => problems.push(problem),
    ),
    securityContact: securityContact(),
    hsts: hsts(),
    logLevel: oneOf("LOG_LEVEL", ["info", "debug", "warn", "error"]),
  };
  if (config.lifetimes.idle > config.lifetimes.absolute) {
    problems.push("SESSION_IDLE is longer than SESSION_ABSOLUTE: set it to the same or less.");
  }
  if (config.loginByMail && !config.mail && !env.MAIL_FROM) {
    problems.push("LOGIN_BY_MAIL is on without mail: set MAIL_FROM too, or set it to off.");
  }
  // Browsers keep a cookie for at most 400 days.
  if (config.lifetimes.remember > 400 * DAY) {
    problems.push("REMEMBER_FOR is over 400d: set it to less.");
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };

  function origin(): string {
    if (!env.ORIGIN) {
      if (development) return URL.parse(`http://localhost:${env.PORT || 8000}`)?.origin ?? "";
      const preview = previewOrigin(env);
      if (preview) return preview;
      problems.push(
        "ORIGIN is not set: set it to the address of the site, such as https://app.example.",
      );
      return "";
    }
    const fault = originFault(env.ORIGIN);
    if (fault) problems.push(`ORIGIN ${fault}: set it to an address such as https://app.example.`);
    return URL.parse(env.ORIGIN)?.origin ?? "";
  }

  function secretKeys(): Uint8Array<ArrayBuffer>[] {
    const texts = [
      env.SECRET_KEY ?? "",
      ...env.SECRET_KEY_FALLBACKS ? env.SECRET_KEY_FALLBACKS.split(",") : [],
    ]
      .map((text) => text.trim());
    if (!texts[0]) {
      problems.push(
        "SECRET_KEY is not set: set it to 32 random bytes in base64 (openssl rand -base64 32).",
      );
      return [];
    }
    return texts.flatMap((text, i) => {
      const name = i === 0 ? "SECRET_KEY" : `SECRET_KEY_FALLBACKS (number ${i})`;
      const key = parseSecretKey(text);
      if (!key) {
        problems.push(
          `${name} is weak: set it to 32 random bytes or more in base64 (openssl rand -base64 32).`,
        );
      }
      if (texts.indexOf(text) !== i) {
        problems.push(`${name} repeats another key: set it to a key of its own.`);
      }
      return key ?? [];
    });
  }

  function argon2(): Config["argon2"] {
    const chosen = {
      memoryKiB: integer("ARGON2_MEMORY_KIB", 12288, 1, MAX_ARGON2_KIB),
      passes: integer("ARGON2_PASSES", 3, 1, 10),
    };
    if (
      !approvedArgon2.some((set) =>
        chosen.memoryKiB >= set.memoryKiB && chosen.passes >= set.passes
      )
    ) {
      problems.push(
        "ARGON2_MEMORY_KIB and ARGON2_PASSES are too weak: " +
          "set at least 12288 and 3, 19456 and 2, or 47104 and 1.",
      );
    }
    // No hash that is stored may ask for more.
    if (chosen.memoryKiB * chosen.passes > MAX_ARGON2_WORK) {
      problems.push(
        "ARGON2_MEMORY_KIB and ARGON2_PASSES are too strong, a hash would take a second: " +
          `set them so that one times the other is at most ${MAX_ARGON2_WORK}.`,
      );
    }
    return chosen;
  }

  function rangeUrl(): string | null {
    if (!env.PASSWORD_RANGE_URL) return null;
    if (URL.parse(env.PASSWORD_RANGE_URL)?.protocol === "https:") return env.PASSWORD_RANGE_URL;
    problems.push("PASSWORD_RANGE_URL is not an https address: set it to one, or leave it out.");
    return null;
  }

  function mail(): MailConfig | null {
    const whenUnset = development ? developmentMail : null;
    return readMailConfig(env, whenUnset, (problem) => problems.push(problem));
  }

  function securityContact(): string | null {
    if (!env.SECURITY_CONTACT) return null;
    const protocol = URL.parse(env.SECURITY_CONTACT)?.protocol ?? "";
    // Nothing that starts another line in security.txt.
    const isOneLine = /^[!-~]{1,256}$/.test(env.SECURITY_CONTACT);
    if (["mailto:", "https:"].includes(protocol) && isOneLine) return env.SECURITY_CONTACT;
    problems.push(
      "SECURITY_CONTACT is not an address to write to: " +
        "set it to mailto:, or https://, and an address.",
    );
    return null;
  }

  function hsts(): string | null {
    const value = env.HSTS || "max-age=63072000"; // two years
    if (value === "off") return null;
    // RFC 6797 §6.1
    if (/^max-age=\d{1,10}(; *(includeSubDomains|preload))*$/i.test(value)) return value;
    problems.push(
      "HSTS is not a value of Strict-Transport-Security: " +
        "set it to off, or to max-age= and seconds, such as max-age=63072000; includeSubDomains.",
    );
    return null;
  }

  function duration(name: typeof variables[number], defaultValue: number): number {
    const text = env[name];
    if (!text) return defaultValue;
    const parsed = parseDuration(text);
    if (parsed === null) {
      problems.push(
        `${name} is not a length of time: set it to a number with s, m, h or d, such as 2h.`,
      );
    }
    return parsed ?? defaultValue;
  }

  function integer(
    name: typeof variables[number],
    defaultValue: number,
    min: number,
    max: number,
  ): number {
    const text = env[name];
    if (!text) return defaultValue;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (number >= min && number <= max) return number;
    problems.push(`${name} is out of range: set it to a whole number from ${min} to ${max}.`);
    return defaultValue;
  }

  /** Reads one of these words; the first is the default. */
  function oneOf<Word extends string>(
    name: typeof variables[number],
    words: [Word, ...Word[]],
  ): Word {
    const word = words.find((it) => it === (env[name] || words[0]));
    if (!word) problems.push(`${name} has an unknown value: set it to ${words.join(" or ")}.`);
    return word ?? words[0];
  }
}

/** What is wrong with an origin that somebody wrote; null if the app can use it. */
function originFault(text: string): string | null {
  const url = URL.parse(text);
  if (!/^https?:\/\//i.test(text.trim())) return "does not begin with https://";
  if (!url) return "is not an address";
  if (url.username || url.password) return "has a user in it";
  // URL writes scheme and host in small letters, hosts of other alphabets in ASCII, no usual port.
  if (url.href !== `${url.origin}/`) return "has something after the host";
  if (url.protocol === "http:" && url.hostname !== "localhost") {
    return "begins with http://, which is for localhost only";
  }
  return null;
}

/** Whether the app calls other servers, and does not only listen. */
export function opensConnections({ kvPath, passwordRangeUrl, mail, providers }: Config): boolean {
  const isRemote = kvPath === null || (kvPath !== ":memory:" && !isFile(kvPath));
  const sendsMail = mail !== null && mail.transport.kind !== "mailbox";
  return isRemote || sendsMail || passwordRangeUrl !== null || providers.length > 0;
}

export const defaultKvPath = ".data/latchkey.db";

/** The minimum parameters of OWASP that ASVS 5.0 Appendix C approves too. */
const approvedArgon2 = [
  { memoryKiB: 12288, passes: 3 },
  { memoryKiB: 19456, passes: 2 },
  { memoryKiB: 47104, passes: 1 },
];
