import type { Markdown } from "../project/markdown.ts";

/** Runs the first block of a section that declares these names, and gives what they stand for. */
export function runBlock(
  page: Markdown,
  section: string,
  ...names: string[]
  // deno-lint-ignore no-explicit-any -- the block has types of its own
): Promise<any> {
  const block = page.section(section).codeBlocks().find(({ info, code }) =>
    info.startsWith("ts") &&
    names.every((name) => new RegExp(`^(?:const|function) ${name}\\b`, "m").test(code))
  );
  if (!block) throw new Error(`Cannot run ${section}: no block declares ${names.join(", ")}`);
  const module = `${block.code}export { ${names.join(", ")} };`;
  const type = block.info.startsWith("tsx") ? "text/tsx" : "text/typescript";
  return import(`data:${type},${encodeURIComponent(module)}`);
}
