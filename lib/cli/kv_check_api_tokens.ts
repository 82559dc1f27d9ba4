import {
  readApiToken,
  readTokenReminder,
  reminderKey,
  tokenKey,
} from "../credential/api_token_record.ts";
import type { Kv } from "../kv/kv.ts";
import type { ScannedEntry } from "../kv/record_scan.ts";
import { discard, type Finding, isAbsent, snapshot } from "./kv_finding.ts";

/** The mail about the end of a token. Without its token it is never sent. */
export async function examineReminder(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  if (!readTokenReminder(self.value)) return [discard("unreadable", self, kv)];
  const [userId, id] = self.key.slice(2).map(String) as [string, string];
  const [now, token] = await snapshot(kv, self.key, tokenKey(userId, id));
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(token)) return [discard("leftover", self, kv)];
  const record = readApiToken(token.value);
  const isDueThen = !record || reminderKey(userId, id, record)?.[1] === self.key[1];
  return isDueThen ? [] : [discard("leftover", self, kv)];
}
