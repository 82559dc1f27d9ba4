import { deepEqual } from "node:assert/strict";
import { documented } from "./deno_doc.ts";

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
