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
  return <time datetime={time.toISOString()}>{formatsOf(text).day.format(time)}</time>;
}

/** "2 hours ago", with the exact time as a tooltip. */
export function RelativeTime({ text, time, now }: TimeProps & { now: Date }) {
  const { exact, ago } = formatsOf(text);
  const seconds = Math.floor((now.getTime() - time.getTime()) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  return (
    <time datetime={time.toISOString()} title={exact.format(time)}>
      {unit ? ago.format(-Math.floor(seconds / unit[1]), unit[0]) : text.justNow}
    </time>
  );
}

/** "in 30 seconds", "in 2 hours": rounded up, so that nobody tries again too early. */
export function waitInWords(text: Text, seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds > 2 * length) ?? ["second", 1];
  return formatsOf(text).wait.format(Math.ceil(seconds / length), unit);
}

interface Formats {
  readonly day: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
  readonly ago: Intl.RelativeTimeFormat;
  readonly wait: Intl.RelativeTimeFormat;
}

/** One for each language of the site: making a format takes longer than a whole page. */
const formats = new Map<string, Formats>();

function formatsOf({ locale }: Text): Formats {
  let known = formats.get(locale);
  if (!known) {
    known = {
      day: new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }),
      exact: new Intl.DateTimeFormat(locale, {
        dateStyle: "long",
        timeStyle: "long",
        timeZone: "UTC",
      }),
      ago: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
      wait: new Intl.RelativeTimeFormat(locale),
    };
    formats.set(locale, known);
  }
  return known;
}
