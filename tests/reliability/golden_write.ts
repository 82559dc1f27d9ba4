/**
 * Keeps records as this version writes them, for all later versions to read:
 * `deno task golden VERSION`. Only databases with something that no golden file has yet.
 */
import { print, printError } from "../../lib/cli/command.ts";
import {
  readGoldenFiles,
  rewriteGoldenFile,
  type Scene,
  verifyScene,
  writeGoldenFile,
} from "../support/golden.ts";
import { walk } from "../support/golden_walk.ts";
import { Shapes } from "../support/record_shape.ts";

const [version = "", mode] = Deno.args;
if (!/^\d+\.\d+\.\d+(-\d+)?$/.test(version)) {
  printError("Usage: deno task golden VERSION, such as 0.2.0, or 0.2.0-2 for its second file");
  Deno.exit(2);
}
if (mode === "verify") await markVerifiable();
else await write();

async function write(): Promise<void> {
  const scenes = await Array.fromAsync(walk());
  const known = new Shapes();
  for (const scene of [...await readGoldenFiles()].flatMap(([, own]) => own)) {
    known.add(scene.records);
  }

  const chosen: Scene[] = [];
  // Those after an action first: they can be verified.
  const after = scenes.filter(({ name }) => !name.startsWith("before "));
  for (const scene of new Set([...after, ...scenes])) {
    const own = new Shapes();
    own.add(scene.records);
    if (!scene.secrets && own.newTo(known).length === 0) continue;
    known.add(scene.records);
    chosen.push(scene);
  }
  if (chosen.length === 0) return print("The golden files have everything already.");
  await writeGoldenFile(version, chosen);
  // In a process of its own, which has nothing but the file.
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", version, "verify"],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  Deno.exit(code);
}

async function markVerifiable(): Promise<void> {
  const marked: Scene[] = [];
  for (const scene of (await readGoldenFiles()).get(version) ?? []) {
    const isVerifiable = await verifyScene(scene).then(() => true, () => false);
    marked.push({ ...scene, isVerifiable });
  }
  await rewriteGoldenFile(version, marked);
  const verifiable = marked.filter((scene) => scene.isVerifiable).length;
  print(`${version}: ${marked.length} databases, ${verifiable} of them can be verified.`);
}
