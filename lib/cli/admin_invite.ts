/**
 * Prints a link that makes the person with this address an administrator, once, within an hour:
 * `deno task admin:invite ADDRESS`.
 */
import { AdminInvites } from "../account/admin_invite.ts";
import { canonicalEmail } from "../account/email_address.ts";
import type { Clock } from "../time.ts";
import {
  needsSettings,
  onDatabase,
  print,
  printError,
  readSettings,
  usageError,
} from "./command.ts";

/** Returns the exit code: 2 when it cannot start. */
async function main([address = "", ...rest]: readonly string[], now: Clock): Promise<number> {
  const email = canonicalEmail(address);
  if (!email || rest.length > 0) return usageError("admin:invite ADDRESS");
  return await onDatabase("create", async (kv) => {
    const settings = await readSettings();
    if (!settings) {
      printError(needsSettings);
      return 2;
    }
    const token = await new AdminInvites(kv, now).create(email);
    print(`${email} becomes an administrator with this link, once, within an hour:`);
    print(`${settings.origin}/admin/invite/${token}`);
    print("They log in or register with this address, and open it in the same browser.");
    return 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
