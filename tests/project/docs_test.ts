import { deepEqual, ok } from "node:assert/strict";

// Examples run as tests (`deno test --doc`); here it is seen to that there is one for every export.

async function documented(entry: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", entry],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout);
}

for (const entry of ["lib/login/mod.ts", "lib/login/testing.ts"]) {
  Deno.test(`every export of ${entry} has an example`, async () => {
    const blocks = (await documented(entry)).split(/\n(?=Defined in )/).slice(1);
    ok(blocks.length > 3, "the documentation is read");
    const without = blocks
      .filter((block) => !block.includes("@example"))
      .map((block) =>
        block.split("\n").find((line) =>
          /^(class|function|interface|type|const|async|export)/.test(line)
        )
      );
    deepEqual(without, []);
  });
}
