import type { Text } from "./text/en.ts";

const minute = 60;
const steps: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 24 * 60 * minute],
  ["hour", 60 * minute],
  ["minute", minute],
];

/** How long ago something was, in words; the exact time is in its attributes. */
export function Ago({ text, time, now }: { text: Text; time: Date; now: Date }) {
  const seconds = Math.floor((now.getTime() - time.getTime()) / 1000);
  const step = steps.find(([, length]) => seconds >= length);
  const words = new Intl.RelativeTimeFormat(text.lang, { numeric: "auto" });
  return (
    <time datetime={time.toISOString()} title={time.toISOString()}>
      {step ? words.format(-Math.floor(seconds / step[1]), step[0]) : text.sessions.justNow}
    </time>
  );
}

/** "in 30 seconds", "in 2 hours": rounded up, so that nobody comes back too early. */
export function waitInWords(text: Text, seconds: number): string {
  const [unit, length] = steps.find(([, length]) => seconds > 2 * length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(text.lang).format(Math.ceil(seconds / length), unit);
}
