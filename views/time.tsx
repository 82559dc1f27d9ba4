import type { Text } from "./text/en.ts";

const minute = 60;
const steps: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 24 * 60 * minute],
  ["hour", 60 * minute],
  ["minute", minute],
];

interface TimeProps {
  text: Text;
  time: Date;
}

/** A day, as it is written in the visitor's language. */
export function Day({ text, time }: TimeProps) {
  const format = new Intl.DateTimeFormat(text.lang, { dateStyle: "long", timeZone: "UTC" });
  return <time datetime={time.toISOString()}>{format.format(time)}</time>;
}

/** How long ago something was, in words; the exact time shows when it is pointed at. */
export function RelativeTime({ text, time, now }: TimeProps & { now: Date }) {
  const seconds = Math.floor((now.getTime() - time.getTime()) / 1000);
  const step = steps.find(([, length]) => seconds >= length);
  const words = new Intl.RelativeTimeFormat(text.lang, { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(text.lang, {
    dateStyle: "long",
    timeStyle: "long",
    timeZone: "UTC",
  });
  return (
    <time datetime={time.toISOString()} title={exact.format(time)}>
      {step ? words.format(-Math.floor(seconds / step[1]), step[0]) : text.sessions.justNow}
    </time>
  );
}

/** "in 30 seconds", "in 2 hours": rounded up, so that nobody comes back too early. */
export function waitInWords(text: Text, seconds: number): string {
  const [unit, length] = steps.find(([, length]) => seconds > 2 * length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(text.lang).format(Math.ceil(seconds / length), unit);
}
