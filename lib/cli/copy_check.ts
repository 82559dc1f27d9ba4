import { keyIdsOf, neededKeyIds } from "../credential/pepper_check.ts";
import { Kv } from "../kv/kv.ts";
import { connect } from "../kv/open.ts";
import { scan } from "../kv/record_scan.ts";
import { MINUTE } from "../time.ts";
import { checkStore, isViolation } from "./kv_check.ts";
import { problems } from "./kv_finding.ts";

/** What a copy of a database holds. */
export interface CopyFacts {
  readonly users: number;
  readonly records: number;
  /** The ids of the secret keys that its records need. */
  readonly keyIds: readonly string[];
  /** What `kv:check` finds. */
  readonly problems: readonly string[];
}

/** Checks a copy as `kv:check` does. */
export async function checkCopy(path: string, now: Date): Promise<CopyFacts> {
  using kv = await openCopy(path);
  const found: string[] = [];
  for await (const finding of checkStore(kv, now)) {
    if (!isViolation(finding)) continue;
    found.push(`${[finding.problem, ...finding.key].join(" ")}: ${problems[finding.problem]}`);
  }
  const keyIds = await neededKeyIds(kv);
  return { users: await count(kv, "user"), records: await count(kv), keyIds, problems: found };
}

/** Opens a copy. Nobody waits for it, so that a call may take its time. */
export async function openCopy(path: string): Promise<Kv> {
  return new Kv(await connect(path), { deadline: MINUTE });
}

/** Says which of the keys that a copy needs are not configured here. */
export function keyProblems(
  { keyIds }: CopyFacts,
  secretKeys: readonly Uint8Array<ArrayBuffer>[],
): string[] {
  const known = keyIdsOf(secretKeys);
  return keyIds.filter((id) => !known.has(id)).map((id) =>
    `key ${id}: neither SECRET_KEY nor a fallback is this key, so the passwords, apps and ` +
    "recovery codes under it do not work"
  );
}

async function count(kv: Kv, kind?: string): Promise<number> {
  let entries = 0;
  for await (const _ of scan(kv, kind ? [kind] : [])) entries++;
  return entries;
}
