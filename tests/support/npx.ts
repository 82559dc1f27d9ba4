import { tmpdir } from "node:os";

/**
 * Runs a program of an npm package, which npm installs on this machine the first time. One runs at a
 * time, because test files run side by side: not every npm can install one package twice at once.
 */
export async function npx(...args: string[]): Promise<string> {
  using turn = await Deno.open(`${tmpdir()}/latchkey-npx.lock`, { create: true, write: true });
  await turn.lock(true);
  const { success, stdout, stderr } = await new Deno.Command("npx", {
    args: ["--yes", ...args],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const [printed = "", problems] = [stdout, stderr].map((it) => new TextDecoder().decode(it));
  if (!success) throw new Error(`npx ${args.join(" ")}\n${printed}${problems}`);
  return printed.trim();
}
