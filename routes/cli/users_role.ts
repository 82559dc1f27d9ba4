/** Replaces all roles of a person: `deno task users:role ADDRESS REASON [ROLE…]`. */
import { isRole, type Role, roleNames } from "../../lib/account/role.ts";
import { usageError } from "../../lib/cli/command.ts";
import { commandWrites, onAccount } from "./account_command.ts";

const usage = `users:role ADDRESS REASON [ROLE…], where a ROLE is one of ${roleNames.join(", ")}`;

function main([address = "", reason = "", ...words]: readonly string[]): Promise<number> | number {
  if (!words.every(isRole)) return usageError(usage);
  const roles: readonly Role[] = [...new Set(words)];
  const names = roles.join(" ");
  return onAccount(
    usage,
    [address, reason],
    () => new Date(),
    (command) => {
      const { services: { administration }, user } = command;
      const writes = commandWrites(command, "role_changed", { roles: names });
      return administration.setRoles("command", user.id, roles, writes);
    },
    names === "" ? "has no roles now" : `has these roles now: ${names}`,
  );
}

if (import.meta.main) Deno.exit(await main(Deno.args));
