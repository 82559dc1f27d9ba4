import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import type { MailFacts } from "./layout.tsx";

/** A browser that did something, and when. */
export interface BrowserFacts {
  /** As `text.sessions.device` says it. */
  readonly device: string;
  /** Without the part of the address that belongs to one person; null when unknown. */
  readonly network: string | null;
  readonly time: Date;
}

export function browserFacts(
  text: Text,
  { device, network, time }: BrowserFacts,
): MailFacts["facts"] {
  const { facts } = text.mail;
  return [
    [facts.device, device],
    ...network === null ? [] : [[facts.network, network] as const],
    [facts.time, dateAndTime(text, time)],
  ];
}
