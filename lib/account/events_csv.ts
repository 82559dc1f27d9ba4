import type { AccountEvent } from "./event.ts";
import { publicEvent } from "./event.ts";

const columns = ["id", "kind", "at", "browser", "system", "network", "by", "facts"] as const;

/** Events as a table (RFC 4180), the newest first. */
export function eventsCsv(events: readonly AccountEvent[]): string {
  const rows = events.map((event) => {
    const line = publicEvent(event);
    return columns.map((name) => name === "facts" ? JSON.stringify(line.facts) : line[name] ?? "");
  });
  return [[...columns], ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** Quoted; no program that opens the table takes it for a formula. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}
