import type { AccountEvent } from "../lib/account/event.ts";
import type { Text } from "./text/en.ts";
import { RelativeTime } from "./time.tsx";

interface EventListProps {
  text: Text;
  now: Date;
  /** The newest first. */
  events: readonly AccountEvent[];
}

/** The lines of a security timeline. */
export function EventList({ text, now, events }: EventListProps) {
  if (events.length === 0) return <p>{text.activity.empty}</p>;
  return <ol class="events">{events.map((event) => eventItem(text, now, event))}</ol>;
}

function eventItem(text: Text, now: Date, event: AccountEvent) {
  return <li>{eventLine(text, now, event)}</li>;
}

/** What happened, when, and from where. */
export function eventLine(text: Text, now: Date, event: AccountEvent) {
  const { kind, at, device, network } = event;
  const from = device &&
    text.activity.from(text.sessions.device(device.browser, device.system), network);
  return (
    <>
      <p>
        <strong>{text.activity.kinds[kind]}</strong>
        {" · "}
        {RelativeTime({ text, time: at, now })}
      </p>
      {[...factsOf(text, event), ...from ? [from] : []].map((line) => <p class="hint">{line}</p>)}
    </>
  );
}

/** What else is known about an event, as sentences. */
function factsOf(text: Text, { by, facts }: AccountEvent): string[] {
  const { activity, admin, sessions } = text;
  const lines: string[] = [];
  if (by) lines.push(by === "command" ? activity.by.command : activity.by.administrator);
  if (typeof facts.reason === "string") lines.push(activity.reason(facts.reason));
  if (typeof facts.roles === "string") {
    lines.push(activity.roles(namesOf(admin.roleNames, facts.roles)));
  }
  if (typeof facts.methods === "string" && facts.methods) {
    lines.push(namesOf(sessions.methods, facts.methods));
  }
  if (typeof facts.failures === "number") lines.push(activity.failures(facts.failures));
  if (typeof facts.name === "string") lines.push(facts.name);
  if (typeof facts.token === "string") lines.push(activity.token(facts.token));
  return lines;
}

/** Words with a space between them, in the visitor's language. */
function namesOf(names: Readonly<Record<string, string>>, words: string): string {
  return words.split(" ").filter((word) => word !== "").map((word) => names[word] ?? word)
    .join(", ");
}
