import { z } from "zod";
import { eventKinds } from "../lib/account/event.ts";

/** Which events a page shows. What cannot be is ignored, and nothing long is looked at. */
export const eventsQuery = z.object({
  kind: z.enum(eventKinds).optional().catch(undefined),
  after: z.string().max(26).optional().catch(undefined),
});

/** A path with those fields that have a value. */
export function withQuery(
  path: string,
  fields: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return given.length > 0 ? `${path}?${new URLSearchParams(given as [string, string][])}` : path;
}
