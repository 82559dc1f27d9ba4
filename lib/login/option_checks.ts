import { utf8 } from "./bytes.ts";
import { isDate, SECOND } from "./clock.ts";
import { readKey } from "./keyring.ts";
import { MAX_REMEMBER } from "./lifetimes.ts";
import type { AreaOptions, Options, StartOptions } from "./options.ts";
import { isProtection } from "./protection.ts";
import { type AuthMethod, isText, type LoginUser } from "./session.ts";

/** A longer id would make a longer cookie than is read back, in bytes. */
const MAX_USER_ID_BYTES = 256;

/** A longer issuer is refused, in characters. */
const MAX_ISSUER_LENGTH = 512;

/** Whether a value holds, and what it has to be. */
type Check = readonly [holds: (value: unknown) => boolean, demand: string];
/** The check of each option, by its name. */
type Checks<T> = { readonly [name in keyof Required<T>]: Check };

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCallback = (value: unknown) => typeof value === "function";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

const callback: Check = [isCallback, "a function"];
const text: Check = [isText, "text"];
const yesOrNo: Check = [(value) => typeof value === "boolean", "true or false"];
const table: Check = [isObject, "an object"];
const page: Check = [
  (value) => isText(value) && /^(\/(?!\/)|https?:\/\/)/.test(value),
  "a path or a URL",
];
const duration: Check = [
  (value) => isNumber(value) && value > 0,
  "milliseconds, a number that is more than 0",
];
const remember: Check = [
  (value) => isNumber(value) && value >= SECOND && value <= MAX_REMEMBER,
  "a second or more, and 400 days or less, as a number of milliseconds",
];
const word: Check = [
  (value) => isText(value) && /^(?!__(host|secure)-)[\w-]+$/i.test(value),
  "a word without __Host-, and the four are different words",
];
const methods: Check = [
  (value) => isTexts(value) && value.length > 0 && !value.includes(""),
  'a list of methods that were used, such as ["pwd"]',
];

const areaChecks: Checks<AreaOptions<unknown>> = {
  loginPage: orNull(page),
  reauthenticatePage: orNull(page),
  loginMessage: optional(orNull(text)),
  reauthenticateMessage: optional(orNull(text)),
  loginMessageCategory: optional(text),
  reauthenticateMessageCategory: optional(text),
  unauthorized: optional(callback),
  reauthenticationNeeded: optional(callback),
};

const loginChecks: Checks<Options<LoginUser, unknown>> = {
  ...areaChecks,
  store: [
    (value) => isObject(value) && [value.get, value.list, value.commit].every(isCallback),
    "a store with get, list and commit, such as kvStore(kv)",
  ],
  loadUser: [isCallback, "a function that finds a user by id"],
  requestLoader: optional(callback),
  ignoreCookies: optional(callback),
  forbidden: optional(callback),
  keys: [
    (value) => Array.isArray(value) && value.length > 0 && value.every((key) => readKey(key)),
    "a list of at least one key, each of 32 bytes or more, or base64 text of them; " +
    "is the environment variable set?",
  ],
  origin: [isSafeOrigin, "https, or http://localhost, such as https://app.example"],
  lifetimes: table,
  limits: optional(callback),
  protection: [isProtection, "off, basic or strong"],
  fingerprint: optional(callback),
  now: [
    (value) => typeof value === "function" && isDate(value()),
    "a function that returns the time as a Date",
  ],
  homePage: page,
  excludeFromNext: optional([
    (value) => isTexts(value) && value.every((path) => path.startsWith("/")),
    "a list of paths that begin with /",
  ]),
  nextIn: optional([(value) => value === "query" || value === "cookie", "query or cookie"]),
  translate: optional(callback),
  extendRemember: optional(yesOrNo),
  network: optional(callback),
  cookieNames: optional(table),
  events: optional(table),
};

const lifetimeChecks: Checks<Options<LoginUser, unknown>["lifetimes"]> = {
  idle: duration,
  absolute: duration,
  fresh: duration,
  seen: duration,
  remember,
};

const cookieNameChecks: Checks<NonNullable<Options<LoginUser, unknown>["cookieNames"]>> = {
  session: optional(word),
  remember: optional(word),
  flash: optional(word),
  next: optional(word),
};

const eventChecks: Checks<NonNullable<Options<LoginUser, unknown>["events"]>> = {
  listen: callback,
  report: callback,
};

const startChecks: Checks<StartOptions> = {
  methods,
  issuer: optional([
    (value) => isText(value) && value !== "" && value.length <= MAX_ISSUER_LENGTH,
    `text, of 1 to ${MAX_ISSUER_LENGTH} characters`,
  ]),
  remember: optional([
    (value) => typeof value === "boolean" || remember[0](value),
    `true or false, or ${remember[1]}`,
  ]),
  freshness: optional([
    (value) => value === "fresh" || value === "not_fresh",
    "fresh or not_fresh",
  ]),
  allowInactive: optional(yesOrNo),
  extraChange: optional([isObject, "a change of the store"]),
};

const userChecks: Checks<LoginUser> = {
  id: [
    (value) => isText(value) && value !== "" && utf8(value).length <= MAX_USER_ID_BYTES,
    `text, of 1 to ${MAX_USER_ID_BYTES} bytes`,
  ],
  active: optional(yesOrNo),
  epoch: optional([Number.isInteger, "a whole number"]),
};

/**
 * Refuses options that would fail, or fail to protect, later.
 *
 * @throws {TypeError} With a sentence that says what to set.
 */
export function checkLogin<U extends LoginUser, Context>(options: Options<U, Context>): void {
  const task = "make a login";
  check(task, "", options, loginChecks);
  check(task, "lifetimes.", options.lifetimes, lifetimeChecks);
  check(task, "cookieNames.", options.cookieNames ?? {}, cookieNameChecks);
  if (options.events) check(task, "events.", options.events, eventChecks);

  const { idle, absolute, seen } = options.lifetimes;
  demand(idle <= absolute, task, "lifetimes.idle has to be lifetimes.absolute or less");
  demand(seen < idle, task, "lifetimes.seen has to be less than lifetimes.idle");
  const names = { session: "session", remember: "remember", flash: "flash", next: "next" };
  const different = new Set(Object.values({ ...names, ...options.cookieNames })).size === 4;
  demand(different, task, "cookieNames have to be four different words");
}

/** Refuses options of an area, as {@link checkLogin} does. */
export function checkArea<Context>(options: AreaOptions<Context>): void {
  check("make an area", "", options, areaChecks);
}

/** Refuses a user or options of a login, as {@link checkLogin} does. */
export function checkStart(user: LoginUser, options: StartOptions): void {
  const { id, active, epoch } = user ?? {};
  check("log in", "user.", { id, active, epoch }, userChecks);
  check("log in", "", options, startChecks);
}

/** Refuses what are not the methods of an authentication. */
export function checkMethods(methods: readonly AuthMethod[]): void {
  check("reauthenticate", "", { methods }, { methods: startChecks.methods });
}

function check<T>(task: string, place: string, options: unknown, checks: Checks<T>): void {
  demand(isObject(options), task, "the options have to be an object");
  const names = Object.keys(checks);
  for (const name of Object.keys(options as object)) {
    const known = names.includes(name);
    demand(known, task, `there is no option ${place}${name}; there are ${names.join(", ")}`);
  }
  for (const [name, [holds, kind]] of Object.entries<Check>(checks)) {
    const value = (options as Record<string, unknown>)[name];
    if (holds(value)) continue;
    // The value itself is not told: it may be a secret.
    const found = value === undefined ? " is missing: it" : "";
    demand(false, task, `${place}${name}${found} has to be ${kind}`);
  }
}

function demand(holds: boolean, task: string, problem: string): void {
  if (!holds) throw new TypeError(`Cannot ${task}: ${problem}`);
}

function optional([holds, kind]: Check): Check {
  return [(value) => value === undefined || holds(value), kind];
}

function orNull([holds, kind]: Check): Check {
  return [(value) => value === null || holds(value), `${kind}, or null`];
}

function isSafeOrigin(value: unknown): boolean {
  const origin = isText(value) && URL.canParse(value) ? new URL(value) : null;
  return origin?.protocol === "https:" ||
    (origin?.protocol === "http:" && origin.hostname === "localhost");
}
