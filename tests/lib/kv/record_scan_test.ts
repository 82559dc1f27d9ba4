import { deepEqual, equal, rejects } from "node:assert/strict";
import { scan } from "../../../lib/kv/record_scan.ts";
import { Kv } from "../../../lib/kv/kv.ts";
import { damageRecord } from "../../support/damage.ts";
import { TaskFiles } from "../../support/task.ts";
import { TIMEOUT } from "../../support/timeouts.ts";

/** Writes records with these keys, damages some of them, and scans the database. */
async function scanned(keys: Deno.KvKey[], damaged: Deno.KvKey[], prefix: string[] = []) {
  await using files = await TaskFiles.create();
  using kv = new Kv(await Deno.openKv(files.path), { deadline: TIMEOUT });
  for (const key of keys) await kv.atomic().set(key, "sound").commit();
  for (const key of damaged) damageRecord(files.path, key);
  const entries = await Array.fromAsync(scan(kv, prefix));
  return entries.map(({ key, isDamaged }) => [key, isDamaged === true]);
}

/** In their order. */
const keys: Deno.KvKey[] = [
  [""],
  ["", ""],
  ["a"],
  ["a", ""],
  ["a", "b"],
  ["a", "b", "c"],
  ["a", "b\0"],
  ["a", "b\0c"],
  ["a", "bb"],
  ["a", "ß@example.com"],
  ["a", "\ud7ff"],
  ["a", "\ue000"],
  ["a", "\u{1f600}x"],
  ["a\0"],
  ["b", "c"],
  ["b", "d"],
];

Deno.test("a scan gives each damaged record with its exact key, wherever it stands", async () => {
  for (const key of keys) {
    deepEqual(await scanned(keys, [key]), keys.map((it) => [it, it === key]));
  }
});

Deno.test("a scan gives every record when all are damaged, and when every second one is", async () => {
  deepEqual(await scanned(keys, keys), keys.map((it) => [it, true]));
  const second = keys.filter((_, i) => i % 2 === 1);
  deepEqual(await scanned(keys, second), keys.map((it, i) => [it, i % 2 === 1]));
});

Deno.test("a scan keeps to its prefix", async () => {
  const found = await scanned(keys, keys, ["a"]);
  deepEqual(found.map(([key]) => key), keys.slice(3, 13));
});

Deno.test("a scan goes through more records than one batch, with damage at both ends", async () => {
  const many = Array.from({ length: 250 }, (_, i) => ["n", String(i).padStart(3, "0")]);
  const ends = [many[0], many[249]] as Deno.KvKey[];
  const found = await scanned(many, ends);
  deepEqual(found, many.map((key) => [key, ends.includes(key)]));
  equal(found.length, 250);
});

Deno.test("a scan fails at a damaged record with a key that the app never writes", async () => {
  await rejects(scanned([["a", true]], [["a", true]]), /Cannot step over a damaged record/);
});
