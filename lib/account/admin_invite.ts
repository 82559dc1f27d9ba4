import { createHash } from "node:crypto";
import { newSecret } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, HOUR, isDate } from "../time.ts";

/** In milliseconds. */
const inviteLifetime = HOUR;

interface AdminInvite {
  readonly v: 1;
  /** Whose it is, in canonical form. */
  readonly email: string;
  readonly expiresAt: Date;
}

/** An invitation that still works, as it was read. */
export interface FoundInvite {
  readonly email: string;
  readonly entry: Deno.KvEntryMaybe<unknown>;
}

/**
 * Links that make somebody an administrator, once: `["admin_invite", digest]`. Somebody at the
 * command line of the server makes them, so there is no account that everybody knows (ASVS 6.3.2).
 */
export class AdminInvites {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /** @param email In canonical form. */
  async create(email: string): Promise<string> {
    const token = newSecret();
    const expiresAt = new Date(this.#now().getTime() + inviteLifetime);
    const invite: AdminInvite = { v: 1, email, expiresAt };
    await this.#kv.atomic().set(keyOf(token), invite, { expireIn: inviteLifetime }).commit();
    return token;
  }

  /** Null when the link was used, is too old, or never was one. */
  async find(token: string | undefined): Promise<FoundInvite | null> {
    if (!/^[\w-]{43}$/.test(token ?? "")) return null;
    const entry = await this.#kv.get(keyOf(token ?? ""));
    const invite = readAdminInvite(entry.value);
    return invite && invite.expiresAt > this.#now() ? { email: invite.email, entry } : null;
  }

  async remove({ entry }: FoundInvite): Promise<void> {
    await this.#kv.atomic().delete(entry.key).commit();
  }
}

function keyOf(token: string): string[] {
  return ["admin_invite", createHash("sha256").update(`admin_invite:${token}`).digest("base64url")];
}

/** Reads the record of an invitation; null when it is corrupt. */
export function readAdminInvite(value: unknown): AdminInvite | null {
  const record = value as AdminInvite | null;
  const isValid = record?.v === 1 && typeof record.email === "string" && isDate(record.expiresAt);
  return isValid ? record : null;
}
