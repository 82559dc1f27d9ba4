import type { Factor } from "../credential/second_factor.ts";
import { newId } from "../keys.ts";
import { DAY, isDate } from "../time.ts";

/** A person with an account. */
export interface User {
  /** 128 random bits in base64url: cookies hold it, so it says nothing about the person. */
  readonly id: string;
  /** In canonical form (see `email_address.ts`). */
  readonly email: string;
  /** Whether a mailed link proved that the address is theirs. */
  readonly emailVerified: boolean;
  readonly name: string;
  /** The language they last chose, as a tag: mails are written in it. */
  readonly lang: string;
  /** False when the user is suspended. */
  readonly active: boolean;
  /** Why and since when the user is suspended; null while they are not. */
  readonly suspension: Suspension | null;
  /** What they may do beside using their own account; changed with the records of `role_records`. */
  readonly roles: readonly string[];
  /** Raised to end every session of the user at once. */
  readonly epoch: number;
  /** How many of these times the user replaced their own password: API tokens live on then. */
  readonly passwordChanges: number;
  /** Others know the password: the user must change it before anything else. */
  readonly passwordCompromised: boolean;
  /** The factors beside the password that they enrolled; changed with the records of the factors. */
  readonly factors: readonly Factor[];
  /** The issuers of the accounts they sign in with; changed with the records of the identities. */
  readonly identities: readonly string[];
  /** Whether a mail tells them of a login from a new browser. */
  readonly newBrowserNotices: boolean;
  /** Whether they were asked to confirm their address, once, after a login. */
  readonly askedToVerify: boolean;
  /** When a passkey was offered to them last; null before. */
  readonly passkeyOfferedAt: Date | null;
  /** A random id of the commit that used the last mailed link: a repeated commit is recognised. */
  readonly linkUse: string | null;
  /**
   * A random id of the commit that changed the factors last, for the same reason. It begins new
   * counts of wrong codes.
   */
  readonly factorChange: string | null;
  /** The uses of "This wasn't me" in the last days: they end links that others got. */
  readonly undone: readonly Undone[];
  readonly createdAt: Date;
  /** When a registration that nobody confirms ends; null for every other account. */
  readonly expiresAt: Date | null;
}

/** Somebody who runs the site closed the account for the time being. */
export interface Suspension {
  /** The person reads it when they log in. */
  readonly reason: string;
  readonly at: Date;
}

/**
 * A use of "This wasn't me". It ends the links to undo that were mailed to other addresses after
 * the one that was used, because an intruder who moved the account got them.
 */
export interface Undone {
  /** When the link that was used was mailed. */
  readonly since: Date;
  /** The last moment of a mail whose link ends. */
  readonly until: Date;
  /** The address that the used link was mailed to. */
  readonly email: string;
}

/** The id of no user: an address without an account costs the same reads as one that has one. */
export const NO_USER_ID = "-";

/** A registration with mail ends after this time, in milliseconds, if its link is not used. */
export const registrationLifetime = 7 * DAY;

/** In code points. */
export const MAX_NAME_LENGTH = 80;
/** In UTF-16 units: a code point has at most two. Longer names are not normalised. */
const MAX_NAME_UNITS = 2 * MAX_NAME_LENGTH;

/** Invisible characters, which come along with copied text; not the tags that make a flag. */
const invisible = /(\p{RGI_Emoji_Tag_Sequence})|[[\p{Cf}\p{DI}\u2800]--[\u200c\u200d\p{VS}]]/gv;
/** Names and emoji need joiners and variation selectors, one of each, after a visible character. */
const joiners =
  /(?<=\S)(\p{VS}?(?:[\u200c\u200d](?=\S))?)[\u200c\u200d\p{VS}]*|[\u200c\u200d\p{VS}]+/gv;
/** Control characters, line breaks and broken characters. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd]/v;

/** The form in which a name is stored: without what cannot be seen, trimmed, in NFC. */
export function canonicalName(name: string): string {
  const visible = name.replaceAll(invisible, "$1").replaceAll(joiners, "$1").trim();
  return visible.length > MAX_NAME_UNITS ? visible : visible.normalize("NFC");
}

/** Why a name (in canonical form) cannot be stored; null when it can. */
export function nameProblem(name: string): "missing" | "name_too_long" | "name_unprintable" | null {
  if (name === "") return "missing";
  if ([...name].length > MAX_NAME_LENGTH) return "name_too_long";
  return unprintable.test(name) ? "name_unprintable" : null;
}

/** Whether nobody confirmed yet that the account is theirs: it opens nothing. */
export function isPending({ expiresAt }: User): boolean {
  return expiresAt !== null;
}

/** Whether a registration ended because nobody confirmed it. */
export function isExpired({ expiresAt }: User, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Fields that records from before may lack, and what holds for those users. */
export const laterFields = {
  emailVerified: false,
  lang: "en",
  passwordChanges: 0,
  passwordCompromised: false,
  suspension: null,
  roles: [],
  factors: [],
  identities: [],
  newBrowserNotices: true,
  askedToVerify: false,
  passkeyOfferedAt: null,
  linkUse: null,
  factorChange: null,
  undone: [],
  expiresAt: null,
};

/** Makes a new user with a random id. */
export function newUser(
  { email, name, emailVerified = false, lang = "en", identities = [], expiresAt = null }:
    & Pick<User, "email" | "name">
    & { readonly lang?: string | undefined }
    & Partial<Pick<User, "emailVerified" | "identities" | "expiresAt">>,
  createdAt: Date,
): User {
  return {
    ...laterFields,
    id: newId(),
    email,
    emailVerified,
    name,
    lang,
    identities,
    active: true,
    epoch: 0,
    createdAt,
    expiresAt,
  };
}

/** Reads the record of a user; null when it is corrupt or belongs to another id. */
export function readUser(value: unknown, id: string): User | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...rest } = value as User & { v: unknown };
  const user = { ...laterFields, ...rest };
  const isValid = v === 1 && user.id === id &&
    [user.email, user.name, user.lang].every((it) => typeof it === "string") &&
    [
      user.active,
      user.emailVerified,
      user.passwordCompromised,
      user.newBrowserNotices,
      user.askedToVerify,
    ].every((it) => typeof it === "boolean") &&
    [user.epoch, user.passwordChanges].every(Number.isInteger) &&
    [user.factors, user.identities, user.roles]
      .every((it) => Array.isArray(it) && it.every((word) => typeof word === "string")) &&
    isDate(user.createdAt) &&
    [user.linkUse, user.factorChange].every((it) => it === null || typeof it === "string") &&
    (user.passkeyOfferedAt === null || isDate(user.passkeyOfferedAt)) &&
    (user.suspension === null || isSuspension(user.suspension)) &&
    Array.isArray(user.undone) && user.undone.every((it) => isUndone(it ?? {})) &&
    (user.expiresAt === null || isDate(user.expiresAt));
  return isValid ? user : null;
}

function isSuspension({ reason, at }: Suspension): boolean {
  return typeof reason === "string" && isDate(at);
}

function isUndone({ since, until, email }: Undone): boolean {
  return isDate(since) && isDate(until) && typeof email === "string";
}
