/**
 * Looks for lines of security timelines that were changed or removed:
 * `deno task events:check [ADDRESS]`.
 */
import { canonicalEmail } from "../account/email_address.ts";
import { Events } from "../account/events.ts";
import { checkTimeline, timelineProblems } from "../account/timeline_check.ts";
import type { Kv } from "../kv/kv.ts";
import { Keyring } from "../login/keyring.ts";
import type { Clock } from "../time.ts";
import {
  accountsWithoutHashing,
  onDatabase,
  print,
  printError,
  readSecretKeys,
  usageError,
} from "./command.ts";

/** Returns the exit code: 0 when every line is as it was written, 1 when not, 2 when it failed. */
async function main(args: readonly string[], now: Clock): Promise<number> {
  const [address, ...rest] = args;
  const email = address === undefined ? undefined : canonicalEmail(address);
  if (rest.length > 0 || email === null) return usageError("events:check [ADDRESS]");
  return await onDatabase("stop", async (kv) => {
    const keys = readSecretKeys();
    if (!keys) {
      printError("Set SECRET_KEY (and SECRET_KEY_FALLBACKS), as for the app.");
      return 2;
    }
    const userIds = email ? await idOf(kv, email, now) : allIds(kv);
    if (!userIds) {
      printError(`${address}: has no account`);
      return 2;
    }
    const events = new Events(kv, new Keyring(keys), now, 0);
    let lines = 0;
    for await (const userId of userIds) {
      for await (const { problem, id } of checkTimeline(kv, events, userId, now())) {
        print(`${problem} ${userId} ${id}: ${timelineProblems[problem]}`);
        lines++;
      }
    }
    print(lines === 0 ? "Every line is as it was written." : `Problems: ${lines}.`);
    return lines === 0 ? 0 : 1;
  });
}

async function idOf(kv: Kv, email: string, now: Clock): Promise<string[] | null> {
  const { user } = await accountsWithoutHashing(kv, now).findCredential(email);
  return user && [user.id];
}

async function* allIds(kv: Kv): AsyncGenerator<string> {
  for await (const { key } of kv.list({ prefix: ["user"] })) yield String(key[1]);
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
