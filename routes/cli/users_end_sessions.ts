/** Logs a person out everywhere: `deno task users:end-sessions ADDRESS REASON`. */
import { commandWrites, onAccount } from "./account_command.ts";

const code = import.meta.main &&
  await onAccount(
    "users:end-sessions ADDRESS REASON",
    Deno.args,
    () => new Date(),
    (command) => {
      const { services: { administration }, user } = command;
      const writes = commandWrites(command, "sessions_ended");
      return administration.endSessions("command", user.id, writes);
    },
    "logged out everywhere",
  );
if (code !== false) Deno.exit(code);
