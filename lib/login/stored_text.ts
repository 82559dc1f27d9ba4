import type { StoreKey } from "./store.ts";

// Keys and values as text, for databases that know neither lists nor dates.

/** A key as text. A key that begins with all parts of another has a text that begins with its. */
export function keyText(key: StoreKey): string {
  return key.map((part) => `${JSON.stringify(part)},`).join("");
}

/** The key that a text stands for. */
export function keyOfText(text: string): string[] {
  return JSON.parse(`[${text.slice(0, -1)}]`);
}

/** A value as JSON. A date becomes `{"$date": milliseconds}`, and a name `$x` becomes `$$x`. */
export function valueText(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name, encoded) {
    const original = this[name]; // `encoded` is a date's text already
    if (original instanceof Date) return { $date: original.getTime() };
    if (!isPlainObject(encoded) || !Object.keys(encoded).some((it) => it.startsWith("$"))) {
      return encoded;
    }
    return renamed(encoded, (it) => it.startsWith("$") ? `$${it}` : it);
  });
}

/** The value that a text of {@link valueText} stands for. */
export function valueOfText(text: string): unknown {
  return JSON.parse(text, (_, value) => {
    if (!isPlainObject(value)) return value;
    const names = Object.keys(value);
    if (!names.some((it) => it.startsWith("$"))) return value;
    if (names[0] === "$date") return new Date(Number(value.$date ?? NaN));
    return renamed(value, (it) => it.startsWith("$") ? it.slice(1) : it);
  });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function renamed(value: Record<string, unknown>, rename: (name: string) => string) {
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [rename(name), it]));
}
