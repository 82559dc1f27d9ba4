/** Ends the use of passwords that others know: `deno task passwords:compromised ADDRESS…`. */
import { defaultKvPath } from "../config.ts";
import { Kv } from "../kv.ts";
import { Accounts } from "./accounts.ts";
import { canonicalEmail } from "./email.ts";
import { makeHash } from "./hash.ts";
import { Passwords } from "./password.ts";
import type { User } from "./user.ts";

/** Null when nobody has an account with this address. */
export async function declareCompromised(kv: Kv, address: string): Promise<User | null> {
  // No hash is made here: neither parameters nor keys matter.
  const passwords = new Passwords(makeHash, { memoryKiB: 0, passes: 0 }, []);
  const email = canonicalEmail(address);
  if (!email) return null;
  return await new Accounts(kv, passwords, () => new Date()).declareCompromised(email);
}

if (import.meta.main) {
  const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  if (Deno.args.length === 0) {
    say("Usage: deno task passwords:compromised ADDRESS…");
    Deno.exit(2);
  }
  using kv = new Kv(await Deno.openKv(Deno.env.get("KV_PATH") || defaultKvPath));
  for (const address of Deno.args) {
    const user = await declareCompromised(kv, address);
    say(`${address}: ${user ? "logged out, and has to change the password" : "has no account"}`);
    if (!user) Deno.exitCode = 1;
  }
}
