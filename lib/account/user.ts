import { newId } from "../keys.ts";

/** A person with an account. */
export interface User {
  /** 128 random bits, base64url: it stands in cookies and says nothing about the person. */
  readonly id: string;
  /** In canonical form (see `email.ts`). */
  readonly email: string;
  readonly name: string;
  /** False: suspended. */
  readonly active: boolean;
  /** Raised to end every session of the user at once. */
  readonly epoch: number;
  /** Others know the password: nothing can be done before it is changed. */
  readonly passwordCompromised: boolean;
  readonly createdAt: Date;
}

/** In characters, as people count them. */
export const MAX_NAME_LENGTH = 80;
/** Control and bidirectional characters, line breaks, invisible ones and broken ones only mislead. */
const unprintable = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800\ufffd]--[\u200c\u200d\p{VS}]]/v;
/** Names and emoji need joiners and variation selectors: one at a time, and behind something. */
const strayJoiner = /(?:^|[\s\u200c\u200d\p{VS}])\p{VS}|(?:^|[\s\u200c\u200d])[\u200c\u200d]/v;

/** A name as it is kept. */
export function canonicalName(name: string): string {
  return name.trim().normalize("NFC");
}

/** What is wrong with a name in canonical form. */
export function nameProblem(name: string): "missing" | "name_too_long" | "name_unprintable" | null {
  if (name === "") return "missing";
  if ([...name].length > MAX_NAME_LENGTH) return "name_too_long";
  return unprintable.test(name) || strayJoiner.test(name) ? "name_unprintable" : null;
}

/** Makes a user who was never here. */
export function newUser(email: string, name: string, createdAt: Date): User {
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

/** Reads the stored user of an id; null when the record is broken, of an unknown version, or another's. */
export function readUser(value: unknown, id: string): User | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...rest } = value as User & { v: unknown };
  const user = { ...rest, passwordCompromised: rest.passwordCompromised ?? false };
  const sound = v === 1 && user.id === id &&
    [user.email, user.name].every((it) => typeof it === "string") &&
    [user.active, user.passwordCompromised].every((it) => typeof it === "boolean") &&
    Number.isInteger(user.epoch) &&
    user.createdAt instanceof Date && !Number.isNaN(user.createdAt.getTime());
  return sound ? user : null;
}
