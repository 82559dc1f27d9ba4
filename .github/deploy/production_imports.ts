/**
 * Takes out of deno.json what only the tests import, so that the image has none of their tools. Deno
 * then takes the same packages out of deno.lock; the digests of the others stay.
 */
const [entry = "main.ts"] = Deno.args;
const config = JSON.parse(await Deno.readTextFile("deno.json"));
const imported = new Set<string>();
const visited = new Set<string>();

await visit(new URL(entry, `file://${Deno.cwd()}/`));
config.imports = Object.fromEntries(
  Object.entries(config.imports).filter(([name]) => imported.has(name)),
);
await Deno.writeTextFile("deno.json", JSON.stringify(config, null, 2));

/** Follows the imports of a module, and the workers that it starts. */
async function visit(module: URL): Promise<void> {
  if (visited.has(module.href)) return;
  visited.add(module.href);
  const text = await Deno.readTextFile(module);
  for (const [, name = ""] of text.matchAll(/(?:from|import|import\(|URL\()\s*"([^"]+)"/g)) {
    imported.add(name);
    if (/^\.{1,2}\/.*\.tsx?$/.test(name)) await visit(new URL(name, module));
  }
}
