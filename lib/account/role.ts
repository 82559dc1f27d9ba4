import { HOUR, MINUTE } from "../time.ts";
import type { User } from "./user.ts";

/** What the roles of this site allow. To add a role, add a line here. */
export const roles = {
  admin: [
    "users.read",
    "users.suspend",
    "users.end_sessions",
    "users.reset_password",
    "users.roles",
    "users.delete",
    "users.view_as",
    "events.read",
  ],
  support: [
    "users.read",
    "users.end_sessions",
    "users.reset_password",
    "users.view_as",
    "events.read",
  ],
} as const;

export type Role = keyof typeof roles;

/** Something that only some users may do. */
export type Permission = typeof roles[Role][number];

/** How long a session of somebody with a role lasts without use, and at most (ASVS 8.4.2). */
const sessionLimits = { idle: 15 * MINUTE, absolute: 12 * HOUR };

/** Shorter limits for the sessions of people with roles; null for other users. */
export function sessionLimitsOf({ roles }: Pick<User, "roles">): typeof sessionLimits | null {
  return roles.length > 0 ? sessionLimits : null;
}

/** Whether one of a user's roles gives them this permission. */
export function can(user: Pick<User, "roles">, permission: Permission): boolean {
  return rolesThatAllow(permission).some((role) => user.roles.includes(role));
}

/** The roles that give a permission. */
export function rolesThatAllow(permission: Permission): readonly Role[] {
  return roleNames.filter((role) => roles[role].some((it) => it === permission));
}

export const roleNames = Object.keys(roles) as Role[];

export function isRole(word: string): word is Role {
  return Object.hasOwn(roles, word);
}
