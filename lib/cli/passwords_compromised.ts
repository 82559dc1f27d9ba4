/**
 * Logs out the users whose passwords others know, and lets them in only to change the password:
 * `deno task passwords:compromised ADDRESS…`.
 */
import {
  accountsWithoutHashing,
  needsSettings,
  onDatabase,
  print,
  printError,
  readSettings,
  usageError,
} from "./command.ts";
import { Events } from "../account/events.ts";
import { addWrites } from "../kv/write.ts";
import { Keyring } from "../login/keyring.ts";
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
  events: Events,
): Promise<keyof typeof messages> {
  const accounts = accountsWithoutHashing(kv, now);
  const email = canonicalEmail(address);
  if (!email) return "unknown";
  try {
    const event = { kind: "password_compromised", by: "command" } as const;
    const marked = await accounts.markCompromised(email, async (operation, { id }) => {
      addWrites(operation, await events.records(id, event));
    });
    if (marked) return "marked";
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
    const settings = await readSettings();
    if (!settings) {
      printError(needsSettings);
      return 2;
    }
    const keyring = new Keyring(settings.secretKeys);
    const events = new Events(kv, keyring, now, settings.eventsFor);
    let exitCode = 0;
    for (const address of addresses) {
      const result = await markCompromised(kv, address, now, events);
      print(`${address}: ${messages[result]}`);
      if (result !== "marked") exitCode = 1;
    }
    return exitCode;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
