import { fail } from "node:assert/strict";
import { decodeBase64Url, encodeBase64Url } from "../../lib/login/bytes.ts";
import { allFlows } from "./all_flows.ts";
import { TestWorld, withMail } from "./world.ts";

// A golden file has databases as a version of the app left them, in small: later versions have to
// read them. One line begins a scene, one line for each of its records follows.

const folder = new URL("../reliability/golden/", import.meta.url);

/** The key of all scenes. It protects nobody. */
export const goldenKey = new Uint8Array(Array.from({ length: 32 }, (_, i) => i * 7 + 1));

export interface GoldenRecord {
  readonly key: readonly string[];
  readonly value: unknown;
}

/** The whole database at a moment, and one browser. */
export interface Scene {
  /** The flow, and after "before ", the moment before its action. */
  readonly name: string;
  readonly at: Date;
  readonly cookies: Readonly<Record<string, string>>;
  /** Whether the flow's own verification holds, in another process than the one that wrote it. */
  readonly isVerifiable: boolean;
  readonly records: readonly GoldenRecord[];
  /** What people of the scene know or have. */
  readonly secrets?: Secrets;
}

/** All that opens Ann's account. */
export interface Secrets {
  readonly totpKey: string;
  readonly recoveryCode: string;
  readonly apiToken: string;
  /** The cookies of a remembered browser that was closed. */
  readonly remembered: Readonly<Record<string, string>>;
  /** The path of a mailed link that sets a new password. */
  readonly resetLink: string;
}

/** The golden files, by version. */
export async function readGoldenFiles(): Promise<Map<string, Scene[]>> {
  const files = new Map<string, Scene[]>();
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name.replace(/\.jsonl$/, ""), parse(await Deno.readTextFile(new URL(name, folder))));
  }
  return files;
}

/** Writes the file of a version. */
export async function writeGoldenFile(version: string, scenes: readonly Scene[]): Promise<void> {
  const lines = scenes.flatMap(({ records, ...scene }) => [
    JSON.stringify({ ...scene, records: records.length }),
    ...records.map(({ key, value }) => JSON.stringify({ key, value: encode(value) })),
  ]);
  await Deno.writeTextFile(new URL(`${version}.jsonl`, folder), lines.join("\n") + "\n", {
    createNew: true,
  });
}

/** Replaces the file of a version, once it is known which scenes can be verified. */
export async function rewriteGoldenFile(version: string, scenes: readonly Scene[]): Promise<void> {
  await Deno.remove(new URL(`${version}.jsonl`, folder));
  await writeGoldenFile(version, scenes);
}

/** The app of today on a database of then. */
export async function openScene({ name, at, records }: Scene): Promise<TestWorld> {
  const { config = {}, fetch } = flowOf(name) ?? { config: withMail };
  const world = await TestWorld.create({
    config: { ...config, secretKeys: [goldenKey] },
    ...fetch ? { fetch } : {},
  });
  world.pass(at.getTime() - world.now.getTime());
  for (const { key, value } of records) await world.database.set([...key], value);
  return world;
}

/** Verifies, as the flow does, that what was done then holds today. */
export async function verifyScene(scene: Scene): Promise<void> {
  await using world = await openScene(scene);
  const browser = world.browser();
  for (const [name, value] of Object.entries(scene.cookies)) browser.cookies.set(name, value);
  const flow = flowOf(scene.name) ?? fail(`no flow is called ${scene.name}`);
  await flow.verify(browser, world);
}

function flowOf(name: string) {
  return allFlows.find((flow) => flow.name === name.replace(/^before /, ""));
}

function parse(text: string): Scene[] {
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const scenes: Scene[] = [];
  while (lines.length > 0) {
    const { at, records, ...scene } = lines.shift();
    const own = lines.splice(0, records).map(({ key, value }) => ({ key, value: decode(value) }));
    scenes.push({ ...scene, at: new Date(at), records: own });
  }
  return scenes;
}

/** As JSON, with a name for what JSON lacks. */
function encode(value: unknown): unknown {
  if (value === undefined) return { $undefined: true };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: encodeBase64Url(new Uint8Array(value)) };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== "object" || value === null) return value;
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) throw new TypeError(`Cannot write a ${value.constructor.name} to a golden file`);
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, encode(it)]));
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  if ("$undefined" in value) return undefined;
  if ("$date" in value) return new Date(String(value.$date));
  if ("$bytes" in value) return decodeBase64Url(String(value.$bytes));
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, decode(it)]));
}
