/** Ends the use of passwords that others know: `deno task passwords:compromised ADDRESS…`. */
import { onDatabase, print, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import { Accounts } from "../account/accounts.ts";
import { canonicalEmail } from "../account/email.ts";
import { makeHash } from "../credential/password_hash.ts";
import { Passwords } from "../credential/password.ts";

const outcomes = {
  declared: "logged out, and has to change the password",
  unknown: "has no account",
  unreadable: "has an account that cannot be read: deno task kv:check says more",
};

export async function markCompromised(
  kv: Kv,
  address: string,
  now: Clock,
): Promise<keyof typeof outcomes> {
  // No hash is made here: neither parameters nor keys matter.
  const passwords = new Passwords(makeHash, { memoryKiB: 0, passes: 0 }, []);
  const accounts = new Accounts(kv, passwords, now);
  const email = canonicalEmail(address);
  if (!email) return "unknown";
  if (await accounts.markCompromised(email)) return "declared";
  return await accounts.isTaken(email) ? "unreadable" : "unknown";
}

/** The command: 0 when all were declared, 1 when not, 2 when it could not begin. */
async function main(addresses: readonly string[], now: Clock): Promise<number> {
  if (addresses.length === 0 || addresses.some((it) => it.startsWith("-"))) {
    return usageError("passwords:compromised ADDRESS…");
  }
  return await onDatabase("refuse", async (kv) => {
    let failed = 0;
    for (const address of addresses) {
      const outcome = await markCompromised(kv, address, now);
      print(`${address}: ${outcomes[outcome]}`);
      if (outcome !== "declared") failed = 1;
    }
    return failed;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
