/** Prints what is known about a person, without secrets: `deno task users:show ADDRESS`. */
import { canonicalEmail } from "../../lib/account/email_address.ts";
import { print, printError, usageError } from "../../lib/cli/command.ts";
import { readDevice } from "../../lib/http/user_agent.ts";
import { onSite } from "./account_command.ts";

/** How many of the newest events are printed. */
const SHOWN_EVENTS = 20;

async function main([address = "", ...rest]: readonly string[]): Promise<number> {
  const email = canonicalEmail(address);
  if (!email || rest.length > 0) return usageError("users:show ADDRESS");
  return await onSite(() => new Date(), async (services) => {
    const { user } = await services.accounts.findCredential(email);
    if (!user) {
      printError(`${address}: has no account`);
      return 1;
    }
    const [hasPassword, passkeys, codes, identities, sessions, timeline] = await Promise.all([
      services.accounts.hasPassword(user.id),
      services.passkeys.list(user.id),
      services.recoveryCodes.count(user.id),
      services.identities.list(user.id),
      services.login.sessions(user),
      services.events.list(user.id, { limit: SHOWN_EVENTS }),
    ]);
    const facts: [string, string][] = [
      ["id", user.id],
      ["address", `${user.email} (${user.emailVerified ? "confirmed" : "not confirmed"})`],
      ["name", user.name],
      ["registered", user.createdAt.toISOString()],
      ["language", user.lang],
      ["roles", user.roles.join(" ") || "none"],
      ["state", user.suspension ? `suspended: ${user.suspension.reason}` : stateOf(user.active)],
      ["password", hasPassword ? "set" : "none"],
      ["factors", user.factors.join(" ") || "none"],
      ["passkeys", passkeys.map(({ name }) => name).join(", ") || "none"],
      ["recovery codes", String(codes)],
      ["providers", identities.map(({ issuer }) => issuer).join(", ") || "none"],
    ];
    for (const [label, value] of facts) print(`${`${label}:`.padEnd(16)}${value}`);
    for (const { userAgent, network, seenAt } of sessions) {
      const { browser, system } = readDevice(userAgent);
      const from = [browser ?? "unknown browser", system, network].filter(Boolean).join(", ");
      print(`session:        ${from}, last seen ${seenAt.toISOString()}`);
    }
    for (const { at, kind, network, by } of timeline.events) {
      const from = [network, by && `by ${by}`].filter(Boolean).join(", ");
      print(`event:          ${at.toISOString()} ${kind}${from && ` (${from})`}`);
    }
    return 0;
  });
}

function stateOf(isActive: boolean): string {
  return isActive ? "active" : "suspended";
}

if (import.meta.main) Deno.exit(await main(Deno.args));
