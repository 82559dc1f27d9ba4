import { decodeBase64Url, encodeBase64Url, utf8 } from "./bytes.ts";
import type { Keyring } from "./keyring.ts";

/** A message that the next page shows once. */
export interface Flash {
  /** What kind of message it is, for its looks. */
  readonly category: string;
  /** The message, or a word that your views turn into one. */
  readonly text: string;
}

/** A cookie holds 4,096 bytes; messages beyond this many give way to newer ones. */
const mostBytes = 2600;

/** Adds a message, unless the very same one is waiting already. */
export function addFlash(flashes: readonly Flash[], flash: Flash): Flash[] {
  return [
    ...flashes.filter((it) => it.text !== flash.text || it.category !== flash.category),
    flash,
  ];
}

/** Writes messages as a signed cookie value: signed, so that nobody can put words in our mouth. */
export async function formatFlashes(flashes: readonly Flash[], keyring: Keyring): Promise<string> {
  let kept = flashes.map(({ category, text }) => [category, text]);
  while (utf8(JSON.stringify(kept)).length > mostBytes) kept = kept.slice(1);
  return await keyring.sign("flash", encodeBase64Url(utf8(JSON.stringify(kept))));
}

/** Reads messages; none when the value was not made here. */
export async function parseFlashes(value: string, keyring: Keyring): Promise<Flash[]> {
  const signed = await keyring.verify("flash", value);
  const bytes = signed === null ? null : decodeBase64Url(signed);
  if (!bytes) return [];
  const pairs = JSON.parse(new TextDecoder().decode(bytes)) as [string, string][];
  return pairs.map(([category, text]) => ({ category, text }));
}
