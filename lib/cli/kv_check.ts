/**
 * Checks every record of the database: `deno task kv:check [--repair]`. It may run beside the app:
 * a record and those it refers to are read from one snapshot, and a repair checks that nothing
 * changed since.
 */
import { inspectRecord } from "@latchkey/login";
import { readAdminInvite } from "../account/admin_invite.ts";
import { readEmailToken } from "../account/email_token.ts";
import { readEvent } from "../account/event.ts";
import { readListedEvent } from "../account/events.ts";
import { NO_USER_ID, readUser } from "../account/user.ts";
import { readApiToken } from "../credential/api_token_record.ts";
import { readUsedChallenge } from "../credential/challenge.ts";
import { readPasskey } from "../credential/passkey_record.ts";
import { readHeldRequest } from "../credential/held_request.ts";
import { readPendingLogin } from "../credential/pending_login.ts";
import { readPasswordRecord } from "../credential/password.ts";
import { readRecoveryCode } from "../credential/recovery_code.ts";
import { readWaitingSecret } from "../credential/shown_once.ts";
import { readTotp } from "../credential/totp.ts";
import type { Kv } from "../kv/kv.ts";
import { readMailboxRecord } from "../mail/mailbox.ts";
import { readOutboxRecord } from "../mail/outbox_record.ts";
import { readProviderSession } from "../oidc/provider_session.ts";
import { readTicket } from "../oidc/ticket.ts";
import { readUsedLogoutToken } from "../oidc/used_logout_token.ts";
import { readAttemptCount } from "../throttle/backoff.ts";
import { isLimitKind } from "../throttle/rate_limit.ts";
import type { Clock } from "../time.ts";
import { read, scan, type ScannedEntry } from "../kv/record_scan.ts";
import { onDatabase, print, usageError } from "./command.ts";
import { examineReminder } from "./kv_check_api_tokens.ts";
import { examineIdentity, examineIdentityOwner, withIdentities } from "./kv_check_identities.ts";
import { examineRole, examineRolesOf } from "./kv_check_roles.ts";
import { examineListed, examineListsOf } from "./kv_check_user_index.ts";
import { discard, type Examine, type Finding, isAbsent, problems, snapshot } from "./kv_finding.ts";

interface Kind {
  /** How many parts its keys have; all of them are text. */
  readonly parts: number;
  readonly examine: Examine;
  /** What becomes of a damaged record: one whose loss costs nobody more than a login is deleted. */
  readonly ifDamaged: "delete" | "keep";
}

const kinds: Record<string, Kind> = {
  user: { parts: 2, examine: examineUser, ifDamaged: "keep" },
  user_by_email: { parts: 2, examine: examineIndex, ifDamaged: "keep" },
  user_by_time: { parts: 3, examine: examineListed, ifDamaged: "delete" },
  user_by_name: { parts: 3, examine: examineListed, ifDamaged: "delete" },
  event_by_time: { parts: 3, examine: examineListedEvent, ifDamaged: "delete" },
  event: { parts: 3, examine: examineGrant(readEvent), ifDamaged: "delete" },
  admin_invite: { parts: 2, examine: examineWith(readAdminInvite), ifDamaged: "delete" },
  role: { parts: 3, examine: examineRole, ifDamaged: "delete" },
  password: { parts: 2, examine: examinePassword, ifDamaged: "keep" },
  session: { parts: 3, examine: examineLogin, ifDamaged: "delete" },
  session_data: { parts: 2, examine: examineLogin, ifDamaged: "delete" },
  remember: { parts: 3, examine: examineLogin, ifDamaged: "delete" },
  email_token: { parts: 3, examine: examineGrant(readEmailToken), ifDamaged: "delete" },
  pending_login: { parts: 3, examine: examineGrant(readPendingLogin), ifDamaged: "delete" },
  totp: { parts: 2, examine: examineGrant(readTotp), ifDamaged: "delete" },
  recovery_code: { parts: 3, examine: examineGrant(readRecoveryCode), ifDamaged: "delete" },
  new_recovery_codes: { parts: 2, examine: examineGrant(readWaitingSecret), ifDamaged: "delete" },
  api_token: { parts: 3, examine: examineGrant(readApiToken), ifDamaged: "delete" },
  api_token_end: { parts: 4, examine: examineReminder, ifDamaged: "delete" },
  new_api_token: { parts: 2, examine: examineGrant(readWaitingSecret), ifDamaged: "delete" },
  challenge: { parts: 2, examine: examineWith(readUsedChallenge), ifDamaged: "delete" },
  passkey: { parts: 3, examine: examinePasskey, ifDamaged: "keep" },
  passkey_owner: { parts: 2, examine: examinePasskeyOwner, ifDamaged: "keep" },
  identity: { parts: 3, examine: examineIdentityOwner, ifDamaged: "keep" },
  identity_of: { parts: 3, examine: examineIdentity, ifDamaged: "keep" },
  // Of a deleted user, too: the deletion does not know its key, and it ends by its date.
  provider_session: { parts: 2, examine: examineWith(readProviderSession), ifDamaged: "delete" },
  logout_token: { parts: 2, examine: examineWith(readUsedLogoutToken), ifDamaged: "delete" },
  oidc_transaction: { parts: 2, examine: examineWith(readTicket), ifDamaged: "delete" },
  proved_identity: { parts: 2, examine: examineWith(readTicket), ifDamaged: "delete" },
  held_request: { parts: 2, examine: examineWith(readHeldRequest), ifDamaged: "delete" },
  rate: { parts: 3, examine: examineAttemptCount, ifDamaged: "delete" },
  outbox: { parts: 2, examine: examineWith(readOutboxRecord), ifDamaged: "delete" },
  mailbox: { parts: 2, examine: examineWith(readMailboxRecord), ifDamaged: "delete" },
  health: { parts: 1, examine: () => [], ifDamaged: "delete" }, // written at the start, as a test
};

/** Every kind of record that the site writes. */
export const recordKinds: readonly string[] = Object.keys(kinds);

/** Finds what is wrong in a database. */
export async function* checkStore(kv: Kv, now: Date): AsyncGenerator<Finding> {
  const damaged = new Set<string>();
  for await (const entry of scan(kv)) {
    for (const finding of await examine(entry, kv, now)) {
      const name = JSON.stringify(finding.key.map(String));
      // A damaged index is found twice: first from its user, with the repair.
      if (finding.problem !== "damaged" || !damaged.has(name)) yield finding;
      if (finding.problem === "damaged") damaged.add(name);
    }
  }
}

function examine(self: ScannedEntry, kv: Kv, now: Date): Finding[] | Promise<Finding[]> {
  const name = String(self.key[0]);
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const fits = self.key.length === kind?.parts &&
    self.key.every((part) => typeof part === "string");
  if (!kind || !fits) return [{ problem: "unknown_kind", key: self.key, repair: null }];
  if (!self.isDamaged) return kind.examine(self, kv, now);
  // No check: a damaged record has no version, and nothing writes over it.
  const repair = kind.ifDamaged === "delete" ? kv.atomic().delete(self.key) : null;
  return [{ problem: "damaged", key: self.key, repair }];
}

/** Whether somebody has to do something about it. */
export function isViolation({ problem }: Finding): boolean {
  // Users and logins are deleted in commits of their own, and a login that is under way may come
  // after both: a crash, or a race, leaves it. Without its user it proves nothing.
  return problem !== "leftover";
}

async function examineUser(self: ScannedEntry, kv: Kv, time: Date): Promise<Finding[]> {
  const id = String(self.key[1]);
  const user = readUser(self.value, id);
  if (!user) return [{ problem: "unreadable", key: self.key, repair: null }];
  const [now, index, password, ...listed] = await snapshot(
    kv,
    self.key,
    ["user_by_email", user.email],
    ["password", id],
    ...user.identities.map((issuer) => ["identity_of", id, issuer]),
  );
  if (now.versionstamp !== self.versionstamp) return []; // the app is changing it at this moment

  const found = [
    ...await examineRolesOf(user, self, kv, time),
    ...await examineListsOf(user, self, kv),
  ];
  const missing = listed.filter(isAbsent);
  if (missing.length > 0) {
    const left = listed.filter((it) => !isAbsent(it)).map(({ key }) => String(key[2]));
    const repair = kv.atomic().check(now, ...missing).set(self.key, withIdentities(now, left));
    found.push({ problem: "identities_wrong", key: self.key, repair });
  }
  const hasOtherWayIn = listed.length > missing.length || user.factors.includes("hwk") ||
    user.passwordCompromised; // a mailed link sets a password
  if (isAbsent(password) && !hasOtherWayIn) {
    found.push({ problem: "no_way_in", key: self.key, repair: null });
  }
  if (index.value === id) return found;

  const other = await read(kv, ["user", typeof index.value === "string" ? index.value : ""]);
  const rival = readUser(other.value, String(other.key[1]));
  if (!isAbsent(other) && (!rival || rival.email === user.email)) {
    return [...found, { problem: "address_twice", key: self.key, repair: null }];
  }
  const unchanged = index.isDamaged ? [now, other] : [now, other, index];
  const repair = kv.atomic().check(...unchanged).set(index.key, id);
  if (index.isDamaged) return [...found, { problem: "damaged", key: index.key, repair }];
  const problem = isAbsent(index) ? "index_missing" : "index_astray";
  return [...found, { problem, key: self.key, repair }];
}

async function examineIndex(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const id = typeof self.value === "string" ? self.value : "";
  const [now, owner, password] = await snapshot(kv, self.key, ["user", id], ["password", id]);
  const user = readUser(owner.value, id);
  const isOwners = user ? user.email === self.key[1] : !isAbsent(owner);
  if (isOwners || now.versionstamp !== self.versionstamp) return [];
  // A person can make a lost user anew from the address and the password.
  const isLost = !user && !isAbsent(password);
  const repair = isLost ? null : kv.atomic().check(now, owner).delete(self.key);
  return [{ problem: "index_astray", key: self.key, repair }];
}

async function examinePassword(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const [now, owner] = await snapshot(kv, self.key, ["user", String(self.key[1])]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(owner)) return [{ problem: "orphan", key: self.key, repair: null }];
  const isSound = readPasswordRecord(self.value) !== null;
  return isSound ? [] : [{ problem: "unreadable", key: self.key, repair: null }];
}

async function examineLogin(self: ScannedEntry, kv: Kv, now: Date): Promise<Finding[]> {
  const facts = inspectRecord({ key: self.key.map(String), value: self.value });
  if (!facts) return [discard("unreadable", self, kv)];
  // Session data names no user and may outlive its session: its date alone decides.
  if (facts.userId === null || facts.expiresAt <= now) return [];
  const owner = await read(kv, ["user", facts.userId]);
  return isAbsent(owner) ? [discard("leftover", self, kv)] : [];
}

/** A record of a user that is worth nothing without them, such as a link. */
function examineGrant(readValue: (value: unknown) => unknown): Examine {
  return async (self, kv) => {
    if (!readValue(self.value)) return [discard("unreadable", self, kv)];
    const userId = String(self.key[1]);
    if (userId === NO_USER_ID) return []; // of a mail to nobody
    const owner = await read(kv, ["user", userId]);
    return isAbsent(owner) ? [discard("leftover", self, kv)] : [];
  };
}

/** Of a user who is gone, or an event that is. */
async function examineListedEvent(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  if (!readListedEvent(self.value)) return [discard("unreadable", self, kv)];
  const [, id, userId] = self.key.map(String) as [string, string, string];
  const [now, event] = await snapshot(kv, self.key, ["event", userId, id]);
  if (now.versionstamp !== self.versionstamp || !isAbsent(event)) return [];
  return [discard("leftover", self, kv)];
}

async function examinePasskey(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const [userId, id] = self.key.slice(1).map(String) as [string, string];
  const [now, user, owner] = await snapshot(kv, self.key, ["user", userId], ["passkey_owner", id]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(user)) return [{ problem: "orphan", key: self.key, repair: null }];
  if (readPasskey(self.value)?.id !== id) {
    return [{ problem: "unreadable", key: self.key, repair: null }];
  }
  const repair = kv.atomic().check(now, owner).set(owner.key, userId);
  return isAbsent(owner) ? [{ problem: "owner_missing", key: self.key, repair }] : [];
}

async function examinePasskeyOwner(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const userId = typeof self.value === "string" ? self.value : "";
  const id = String(self.key[1]);
  const [now, passkey] = await snapshot(kv, self.key, ["passkey", userId, id]);
  if (!isAbsent(passkey) || now.versionstamp !== self.versionstamp) return [];
  return [discard("owner_astray", self, kv)];
}

function examineAttemptCount(self: ScannedEntry, kv: Kv): Finding[] {
  if (!isLimitKind(String(self.key[1]))) {
    return [{ problem: "unknown_kind", key: self.key, repair: null }];
  }
  const beginning = new Date(0); // so that no count has expired
  return readAttemptCount(self.value, beginning) ? [] : [discard("unreadable", self, kv)];
}

/** Examines records that stand alone. */
function examineWith(read: (value: unknown, id: string) => unknown): Examine {
  return (self, kv) =>
    read(self.value, String(self.key[1])) ? [] : [discard("unreadable", self, kv)];
}

/** Exits with 0 when nothing is wrong any more, 1 when something is, 2 when it failed. */
async function main(args: readonly string[], now: Clock): Promise<number> {
  const mode = args.length === 0 ? "report" : "repair";
  if (args.length > 1 || (mode === "repair" && args[0] !== "--repair")) {
    return usageError("kv:check [--repair]");
  }
  return await onDatabase("stop", async (kv) => {
    const left = await report(kv, now(), mode);
    if (left > 0) print(`Problems left: ${left}.`);
    else print(kv.count.keys > 0 ? "No problems found." : "The database is empty.");
    return left > 0 ? 1 : 0;
  });
}

/** Prints every finding, and repairs it in that mode; gives how many violations are left. */
async function report(kv: Kv, now: Date, mode: "report" | "repair"): Promise<number> {
  let left = 0;
  for await (const finding of checkStore(kv, now)) {
    const { problem, key, repair } = finding;
    const repaired = mode === "repair" && repair && (await repair.commit()).ok;
    if (!repaired && isViolation(finding)) left++;
    const outcome = repaired ? "repaired" : repair ? "--repair sets it right" : "for a person";
    print(`${[problem, ...key.map(String)].join(" ")}: ${problems[problem]} (${outcome})`);
  }
  return left;
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
