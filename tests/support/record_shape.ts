import type { GoldenRecord } from "./golden.ts";

/** What a record has of each field that records of its kind have: a type, or nothing. */
type Fields = ReadonlyMap<string, string>;

/** What differs from person to person, and has no shape. */
const free = /^(session_data\.data|event\.facts|mailbox\.mail\.headers)\./;

/**
 * The shapes of records, as a set of facts such as `user.name: string`, `session.v: 1` and
 * `user.expiresAt: absent`. A field is absent where other records of the kind have it.
 */
export class Shapes {
  readonly #records: { readonly kind: string; readonly fields: Fields }[] = [];

  add(records: readonly GoldenRecord[]): void {
    for (const { key, value } of records) {
      const kind = String(key[0]);
      this.#records.push({ kind, fields: new Map(fieldsOf(kind, value)) });
    }
  }

  /** The facts of these records that are none of the others', in order. */
  newTo(others: Shapes): string[] {
    const names = this.#namesWith(others);
    return [...this.#facts(names).difference(others.#facts(names))].sort();
  }

  /** Every field that a kind of record is known to have. */
  #namesWith(others: Shapes): Map<string, Set<string>> {
    const names = new Map<string, Set<string>>();
    for (const { kind, fields } of [...this.#records, ...others.#records]) {
      names.set(kind, new Set([...names.get(kind) ?? [], ...fields.keys()]));
    }
    return names;
  }

  #facts(names: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
    const facts = new Set<string>();
    for (const { kind, fields } of this.#records) {
      for (const [name, type] of fields) facts.add(`${name}: ${type}`);
      for (const name of names.get(kind) ?? []) {
        const parent = name.slice(0, name.lastIndexOf("."));
        if (fields.get(parent) === "object" && !fields.has(name)) facts.add(`${name}: absent`);
      }
    }
    return facts;
  }
}

function* fieldsOf(path: string, value: unknown): Generator<[path: string, type: string]> {
  if (path.endsWith(".v")) return yield [path, String(value)];
  yield [path, typeOf(value)];
  if (Array.isArray(value)) {
    for (const it of value) yield* fieldsOf(`${path}[]`, it);
  } else if (typeOf(value) === "object") {
    for (const [name, it] of Object.entries(value as object)) {
      if (!free.test(`${path}.`)) yield* fieldsOf(`${path}.${name}`, it);
    }
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof Date) return "date";
  if (value instanceof Uint8Array) return "bytes";
  return typeof value;
}
