import { equal, ok } from "node:assert/strict";
import { foldName, nameKey, timeKey } from "../../../lib/account/user_index.ts";
import { ann } from "../../support/people.ts";
import { test } from "../../support/world.ts";

Deno.test("names are found without accents and capitals, and long ones fit a key", () => {
  equal(foldName("Élodie ÅNGSTRÖM"), "elodie angstrom");
  ok(new TextEncoder().encode(foldName("\u{1F468}\u200D".repeat(80))).length < 500);
});

Deno.test("the newest user comes first", () => {
  const id = "x";
  const [, older = ""] = timeKey({ id, createdAt: new Date("2026-01-01") });
  const [, newer = ""] = timeKey({ id, createdAt: new Date("2026-01-02") });
  ok(newer < older);
});

test("a user who is renamed moves in the list of names", async (world) => {
  const browser = await world.ann();
  const { user } = await world.services.accounts.findCredential(ann.email);
  ok(user);
  await browser.post("/profile", { name: "Zoë" });

  equal((await world.database.get(nameKey(user))).value, null);
  equal((await world.database.get(nameKey({ ...user, name: "Zoë" }))).value, user.id);
  equal((await world.database.get(timeKey(user))).value, user.id);
});
