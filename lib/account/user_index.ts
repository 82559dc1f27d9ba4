import type { User } from "./user.ts";

/** Longer names are cut, in UTF-16 units: a key of KV has at most 2,048 bytes. */
const MAX_FOLDED_LENGTH = 100;
/** So that the newest user comes first; the last moment that a date can hold. */
const LAST_TIME = 8.64e15;

/** The list of all users: by the time of their registration, the newest first. */
export function timeKey({ id, createdAt }: Pick<User, "id" | "createdAt">): string[] {
  const inverted = String(LAST_TIME - createdAt.getTime()).padStart(16, "0");
  return ["user_by_time", inverted, id];
}

/** The list of all users by name. */
export function nameKey({ id, name }: Pick<User, "id" | "name">): string[] {
  return ["user_by_name", foldName(name), id];
}

/** A name as it is searched: without accents, in small letters. */
export function foldName(name: string): string {
  return name.normalize("NFD").replaceAll(/\p{M}/gv, "").toLowerCase().slice(0, MAX_FOLDED_LENGTH);
}
