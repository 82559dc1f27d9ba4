import { memo } from "../lib/login/memo.ts";
import type { Text } from "./text/en.ts";

const minute = 60;
const units: [unit: "day" | "hour" | "minute", seconds: number][] = [
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
  return <time datetime={time.toISOString()}>{formatsOf(text.locale).day(time.getTime())}</time>;
}

/** "2 hours ago", with the exact time as a tooltip. */
export function RelativeTime({ text, time, now }: TimeProps & { now: Date }) {
  const { exact, ago } = formatsOf(text.locale);
  const { datetime, title } = exact(time.getTime());
  const seconds = Math.floor((now.getTime() - time.getTime()) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  return (
    <time datetime={datetime} title={title}>
      {unit ? ago[unit[0]](Math.floor(seconds / unit[1])) : text.justNow}
    </time>
  );
}

/** "9 March 2026 at 14:05 UTC". */
export function dateAndTime(text: Text, time: Date): string {
  return dateAndTimeOf(text.locale).format(time);
}

const dateAndTimeOf = memo((locale: string) =>
  new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
    timeZoneName: "short",
  }), 10);

/** "in 30 seconds", "in 2 hours": rounded up, so that nobody tries again too early. */
export function waitInWords(text: Text, seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds > 2 * length) ?? ["second", 1] as const;
  return formatsOf(text.locale).wait.format(Math.ceil(seconds / length), unit);
}

/** Dates in words: the pages of a site show the same ones again and again. */
const MAX_KNOWN_DATES = 2000;
/** In each unit. */
const MAX_KNOWN_AGES = 100;

/** The formats of one locale: making one takes longer than a whole page. */
const formatsOf = memo((locale: string) => {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
  const exact = new Intl.DateTimeFormat(locale, {
    dateStyle: "long",
    timeStyle: "long",
    timeZone: "UTC",
  });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const agoIn = (unit: Intl.RelativeTimeFormatUnit) =>
    memo((count: number) => ago.format(-count, unit), MAX_KNOWN_AGES);
  return {
    day: memo((time: number) => day.format(time), MAX_KNOWN_DATES),
    exact: memo((time: number) => ({
      datetime: new Date(time).toISOString(),
      title: exact.format(time),
    }), MAX_KNOWN_DATES),
    ago: { day: agoIn("day"), hour: agoIn("hour"), minute: agoIn("minute") },
    wait: new Intl.RelativeTimeFormat(locale),
  };
}, 10);
