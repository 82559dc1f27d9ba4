/** Closes an account for the time being: `deno task users:suspend ADDRESS REASON`. */
import { commandWrites, onAccount } from "./account_command.ts";

const code = import.meta.main &&
  await onAccount(
    "users:suspend ADDRESS REASON",
    Deno.args,
    () => new Date(),
    (command) => {
      const { services: { administration }, user, reason } = command;
      const writes = commandWrites(command, "suspended");
      return administration.suspend("command", user.id, reason, writes);
    },
    "suspended, and logged out everywhere",
  );
if (code !== false) Deno.exit(code);
