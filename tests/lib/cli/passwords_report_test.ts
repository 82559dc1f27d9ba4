import { deepEqual, equal, fail } from "node:assert/strict";
import { newSecretKey, parseSecretKey, secretKeyId } from "../../../lib/keys.ts";
import { bob } from "../../support/people.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import { runTask, TaskFiles } from "../../support/task.ts";
import { TestWorld } from "../../support/world.ts";

const MISSING = ", which is neither SECRET_KEY nor a fallback: nobody can log in with these";

function newKey() {
  const text = newSecretKey();
  const bytes = parseSecretKey(text) ?? fail("no key");
  return { text, bytes, id: secretKeyId(bytes) };
}

/** The lines about second factors, and the exit code. */
async function report({ folder }: TaskFiles, environment: Record<string, string>) {
  const { code, out } = await runTask("passwords:report", folder, [], undefined, environment);
  const lines = out.split("\n").filter((line) => /app|recovery/.test(line));
  return { code, lines: lines.map((line) => line.trim()) };
}

Deno.test("the report counts second factors by key, before and after a key is dropped", async () => {
  await using files = await TaskFiles.create();
  const { path } = files;
  const [former, current] = [newKey(), newKey()];
  {
    await using world = await TestWorld.create({ path, config: { secretKeys: [former.bytes] } });
    await withSecondFactor(world);
  }
  {
    const secretKeys = [current.bytes, former.bytes];
    await using world = await TestWorld.create({ path, config: { secretKeys } });
    await withSecondFactor(world, bob);
  }

  const lines = [
    `1  app for codes, key ${former.id}`,
    `1  app for codes, key ${current.id}`,
    `1  recovery codes, key ${former.id}`,
    `1  recovery codes, key ${current.id}`,
  ];
  const rotated = { SECRET_KEY: current.text, SECRET_KEY_FALLBACKS: former.text };
  const kept = await report(files, rotated);
  deepEqual([kept.code, kept.lines.toSorted()], [0, lines.toSorted()]);

  const dropped = await report(files, { SECRET_KEY: current.text });
  const marked = lines.map((line) => line.includes(former.id) ? line + MISSING : line);
  deepEqual([dropped.code, dropped.lines.toSorted()], [1, marked.toSorted()]);
});

Deno.test("the report counts recovery codes that do not tell their key, and no used ones", async () => {
  await using files = await TaskFiles.create();
  const { path } = files;
  const key = newKey();
  {
    await using world = await TestWorld.create({ path, config: { secretKeys: [key.bytes] } });
    await withSecondFactor(world);
    await withSecondFactor(world, bob);
    const { user } = await world.services.accounts.findCredential(bob.email);
    for (const entry of await world.dump()) {
      if (entry.key[0] !== "recovery_code") continue;
      const { keyId: _, ...record } = entry.value as { keyId: string };
      const isBobs = entry.key[1] === user?.id;
      await world.database.set(entry.key, isBobs ? { ...record, use: "used" } : record);
    }
  }
  const { code, lines } = await report(files, { SECRET_KEY: key.text });
  deepEqual(lines, [`2  app for codes, key ${key.id}`, "1  recovery codes, unknown key"]);
  equal(code, 0);
});
