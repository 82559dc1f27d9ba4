import { deepEqual } from "node:assert/strict";

/** Exports with a runnable example (`deno test --doc`): functions that a site or a test calls. */
const withExample: Record<string, string[]> = {
  "lib/login/mod.ts": [
    "basicCredentials",
    "bearerToken",
    "createLogin",
    "loginUrl",
    "safeNext",
  ],
  "lib/login/kv_store.ts": ["kvStore"],
  "lib/login/sqlite_store.ts": ["sqliteStore"],
  "lib/login/testing.ts": ["loggedInClient", "storeContract", "testLogin"],
};

interface Declaration {
  readonly name: string;
  readonly declarations: readonly {
    readonly jsDoc?: { readonly tags?: readonly { kind: string }[] };
  }[];
}

async function documented(entry: string): Promise<Declaration[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", entry],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes as Record<string, { symbols: Declaration[] }>)
    .flatMap(({ symbols }) => symbols);
}

for (const [entry, expected] of Object.entries(withExample)) {
  Deno.test(`${entry} has examples for exactly the functions that a site or its tests call`, async () => {
    const withExample = (await documented(entry))
      .filter(({ declarations }) =>
        declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
      )
      .map(({ name }) => name);

    deepEqual([...new Set(withExample)].sort(), expected);
  });
}
