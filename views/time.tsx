import type { Text } from "./text/en.ts";

const minute = 60;
const units: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 24 * 60 * minute],
  ["hour", 60 * minute],
  ["minute", minute],
];

interface TimeProps {
  text: Text;
  time: Date;
}

/** A date in the visitor's language. */
export function Day({ text, time }: TimeProps) {
  const format = new Intl.DateTimeFormat(text.locale, { dateStyle: "long", timeZone: "UTC" });
  return <time datetime={time.toISOString()}>{format.format(time)}</time>;
}

/** "2 hours ago", with the exact time as a tooltip. */
export function RelativeTime({ text, time, now }: TimeProps & { now: Date }) {
  const seconds = Math.floor((now.getTime() - time.getTime()) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  const words = new Intl.RelativeTimeFormat(text.locale, { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(text.locale, {
    dateStyle: "long",
    timeStyle: "long",
    timeZone: "UTC",
  });
  return (
    <time datetime={time.toISOString()} title={exact.format(time)}>
      {unit ? words.format(-Math.floor(seconds / unit[1]), unit[0]) : text.justNow}
    </time>
  );
}

/** "in 30 seconds", "in 2 hours": rounded up, so that nobody tries again too early. */
export function waitInWords(text: Text, seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds > 2 * length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(text.locale).format(Math.ceil(seconds / length), unit);
}
