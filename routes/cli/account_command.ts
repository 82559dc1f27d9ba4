import { Context } from "hono";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import type { ActRefusal, ActWrites } from "../../lib/account/administration.ts";
import type { EventKind } from "../../lib/account/event.ts";
import type { User } from "../../lib/account/user.ts";
import {
  needsSettings,
  onDatabase,
  print,
  printError,
  readSettings,
  usageError,
} from "../../lib/cli/command.ts";
import type { Write } from "../../lib/kv/write.ts";
import type { Clock } from "../../lib/time.ts";
import type { AdministeredAct } from "../../views/mail/administered.tsx";
import { languages } from "../../views/text/languages.ts";
import { createServices, type Services } from "../services.ts";

/** The account that a command is about, and what acts on it. */
export interface AccountCommand {
  /** For mails; it belongs to no request. */
  readonly c: Context;
  readonly services: Services;
  readonly user: User;
  readonly reason: string;
}

export type CommandResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ActRefusal };

const refusals: Record<ActRefusal, string> = {
  gone: "has no account that somebody confirmed",
  refused: "cannot be changed",
  last_admin: "is the only administrator: give somebody else this role first",
  no_change: "is in this state already",
};

/** In characters. */
const MAX_REASON_LENGTH = 500;

/**
 * Runs a command on the account with an address: `deno task users:… ADDRESS REASON`. Returns its
 * exit code: 1 when nothing was done, 2 when it cannot start.
 *
 * @param done What to print after the address.
 */
export async function onAccount(
  usage: string,
  [address = "", reason = ""]: readonly string[],
  now: Clock,
  act: (command: AccountCommand) => Promise<CommandResult>,
  done: string,
): Promise<number> {
  const email = canonicalEmail(address);
  const isReason = reason.trim() !== "" && reason.length <= MAX_REASON_LENGTH;
  if (!email || !isReason) return usageError(usage);
  return await onSite(now, async (services, c) => {
    const { user } = await services.accounts.findCredential(email);
    if (!user) return failed(address, refusals.gone);
    const result = await act({ c, services, user, reason: reason.trim() });
    if (!result.ok) return failed(address, refusals[result.reason]);
    print(`${address}: ${done}`);
    return 0;
  });
}

/** Runs a command with the settings and the services of the app, which sends the mails. */
export async function onSite(
  now: Clock,
  run: (services: Services, c: Context) => Promise<number>,
): Promise<number> {
  return await onDatabase("stop", async (kv) => {
    const config = await readSettings();
    if (!config) {
      printError(needsSettings);
      return 2;
    }
    const services = createServices({
      kv,
      now,
      config,
      hash: () => Promise.reject(new Error("Cannot hash a password in a command")),
      fetch: () => Promise.reject(new Error("Cannot ask another server in a command")),
      send: () => Promise.reject(new Error("Cannot send a mail in a command: the app does")),
      log: () => {},
    });
    const c = new Context(new Request(config.origin));
    c.set("text", languages[0]);
    c.set("log", () => {});
    return await run(services, c);
  });
}

/** The event of an act, and the mail about it. */
export function commandWrites(
  { c, services, user, reason }: AccountCommand,
  act: AdministeredAct & EventKind,
  facts: Readonly<Record<string, string>> = {},
): ActWrites {
  const { events, mail } = services;
  const event = { kind: act, facts: { reason, ...facts }, by: "command" } as const;
  return async (changed): Promise<[Write, ...Write[]]> => [
    ...await events.records(user.id, event),
    ...mail ? mail.mails.administered(c, changed, act, reason) : [],
  ];
}

function failed(address: string, why: string): number {
  printError(`${address}: ${why}`);
  return 1;
}
