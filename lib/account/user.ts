import { newId } from "../keys.ts";
import { isDate } from "../time.ts";

/** A person with an account. */
export interface User {
  /** 128 random bits in base64url: cookies hold it, so it says nothing about the person. */
  readonly id: string;
  /** In canonical form (see `email_address.ts`). */
  readonly email: string;
  readonly name: string;
  /** False when the user is suspended. */
  readonly active: boolean;
  /** Raised to end every session of the user at once. */
  readonly epoch: number;
  /** Others know the password: the user must change it before anything else. */
  readonly passwordCompromised: boolean;
  readonly createdAt: Date;
}

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

/** Makes a new user with a random id. */
export function newUser(
  { email, name }: Pick<User, "email" | "name">,
  createdAt: Date,
): User {
  return {
    id: newId(),
    email,
    name,
    active: true,
    epoch: 0,
    passwordCompromised: false,
    createdAt,
  };
}

/** Fields that records from before may lack, and what holds for those users. */
export const laterFields = { passwordCompromised: false };

/** Reads the record of a user; null when it is corrupt or belongs to another id. */
export function readUser(value: unknown, id: string): User | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...rest } = value as User & { v: unknown };
  const user = { ...laterFields, ...rest };
  const isValid = v === 1 && user.id === id &&
    [user.email, user.name].every((it) => typeof it === "string") &&
    [user.active, user.passwordCompromised].every((it) => typeof it === "boolean") &&
    Number.isInteger(user.epoch) &&
    isDate(user.createdAt);
  return isValid ? user : null;
}
