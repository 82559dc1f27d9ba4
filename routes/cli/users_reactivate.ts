/** Opens a suspended account again: `deno task users:reactivate ADDRESS REASON`. */
import { commandWrites, onAccount } from "./account_command.ts";

const code = import.meta.main &&
  await onAccount(
    "users:reactivate ADDRESS REASON",
    Deno.args,
    () => new Date(),
    (command) => {
      const { services: { administration }, user } = command;
      return administration.reactivate("command", user.id, commandWrites(command, "reactivated"));
    },
    "active again",
  );
if (code !== false) Deno.exit(code);
