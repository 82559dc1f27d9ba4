import { deepEqual, equal, match } from "node:assert/strict";
import type { PasswordRecord } from "../../../lib/credential/password.ts";
import { newSecretKey } from "../../../lib/keys.ts";
import { MINUTE } from "../../../lib/time.ts";
import { ann } from "../../support/people.ts";
import { Server } from "../../support/server.ts";
import { runTask } from "../../support/task.ts";
import { test } from "../../support/world.ts";

test("a login that needs a dropped key is a critical line, at most one a minute", async (world) => {
  await world.ann();
  const entry = (await world.dump()).find(({ key }) => key[0] === "password");
  const record = entry?.value as PasswordRecord;
  await world.database.set(entry?.key ?? [], { ...record, keyId: "droppedX" });
  const told = () => world.logged.filter(({ event }) => event === "password_key_unknown");
  const browser = world.browser();

  for (let i = 0; i < 3; i++) equal((await browser.post("/login", { ...ann })).status, 422);
  deepEqual(told().map(({ level, facts }) => [level, facts.keyId]), [["critical", "droppedX"]]);

  world.pass(MINUTE);
  await browser.post("/login", { ...ann });
  equal(told().length, 2);
});

Deno.test("a dropped key shows at the next start and in the report of hashes", async () => {
  await using server = await Server.create();
  const [former, current] = [newSecretKey(), newSecretKey()];
  const environment = {
    ORIGIN: server.origin,
    PORT: new URL(server.origin).port,
    KV_PATH: `${server.folder}/latchkey.db`,
  };
  const report = (keys: Record<string, string>) =>
    runTask("passwords:report", server.folder, [], undefined, keys);
  await server.start({ ...environment, SECRET_KEY: former });
  equal((await server.post("/register", { ...ann })).status, 303);
  await server.stop();

  const rotated = { SECRET_KEY: current, SECRET_KEY_FALLBACKS: former };
  await server.start({ ...environment, ...rotated });
  equal((await server.stop()).text.includes("password_key_unknown"), false);
  const { code, out } = await report(rotated);
  equal(code, 0);
  match(out, /^ {7}1 {2}\S+, key \S{8}\n$/);

  const dropped = { SECRET_KEY: current };
  await server.start({ ...environment, ...dropped });
  const { text } = await server.stop();
  match(text, /"event":"password_key_unknown","level":"critical"/);
  const missing = ", which is neither SECRET_KEY nor a fallback: nobody can log in with these\n";
  deepEqual(await report(dropped), { code: 1, out: `${out.trimEnd()}${missing}`, errors: "" });
});
