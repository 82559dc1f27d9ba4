/**
 * Logs out the users whose passwords others know, and lets them in only to change the password:
 * `deno task passwords:compromised ADDRESS…`.
 */
import { accountsWithoutHashing, onDatabase, print, usageError } from "./command.ts";
import { type Kv, RecordCorrupt } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import { canonicalEmail } from "../account/email_address.ts";

const messages = {
  marked: "logged out, and has to replace the password",
  unknown: "has no account",
  unreadable: "has an account that cannot be read: deno task kv:check says more",
};

/** Marks the password of one account as compromised; returns what to print. */
export async function markCompromised(
  kv: Kv,
  address: string,
  now: Clock,
): Promise<keyof typeof messages> {
  const accounts = accountsWithoutHashing(kv, now);
  const email = canonicalEmail(address);
  if (!email) return "unknown";
  try {
    if (await accounts.markCompromised(email)) return "marked";
    return await accounts.isTaken(email) ? "unreadable" : "unknown";
  } catch (error) {
    if (error instanceof RecordCorrupt) return "unreadable";
    throw error;
  }
}

/** Returns the exit code: 0 when all were marked, 1 when not, 2 when it cannot start. */
async function main(addresses: readonly string[], now: Clock): Promise<number> {
  if (addresses.length === 0 || addresses.some((it) => it.startsWith("-"))) {
    return usageError("passwords:compromised ADDRESS…");
  }
  return await onDatabase("stop", async (kv) => {
    let exitCode = 0;
    for (const address of addresses) {
      const result = await markCompromised(kv, address, now);
      print(`${address}: ${messages[result]}`);
      if (result !== "marked") exitCode = 1;
    }
    return exitCode;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
