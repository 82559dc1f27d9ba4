/** Deletes an account, with everything about its person: `deno task users:delete ADDRESS REASON`. */
import { onAccount } from "./account_command.ts";

const code = import.meta.main &&
  await onAccount(
    "users:delete ADDRESS REASON",
    Deno.args,
    () => new Date(),
    ({ c, services: { accountDeletion }, user, reason }) =>
      accountDeletion.delete(c, user, { actor: "command", reason }),
    "deleted",
  );
if (code !== false) Deno.exit(code);
