import { deepEqual, equal, ok } from "node:assert/strict";
import { nameKey } from "../../../lib/account/user_index.ts";
import { newUser } from "../../../lib/account/user.ts";
import { UserDirectory, type UsersPage } from "../../../lib/account/user_directory.ts";
import { fillWithUsers } from "../../support/many_users.ts";
import { test } from "../../support/world.ts";

const LIMIT = 25;

async function all(next: (after?: string) => Promise<UsersPage>): Promise<string[]> {
  const emails: string[] = [];
  let after: string | undefined;
  do {
    const page = await next(after);
    ok(page.users.length <= LIMIT);
    emails.push(...page.users.map(({ email }) => email));
    after = page.after ?? undefined;
  } while (after !== undefined);
  return emails;
}

test("pages of the list show every user once, the newest first", async (world) => {
  await fillWithUsers(world, 103);
  const directory = new UserDirectory(world.kv);

  const emails = await all((after) => directory.newest(LIMIT, after));
  equal(emails.length, 103);
  deepEqual(emails, emails.toSorted().toReversed());
});

test("a search finds each user once, by the beginning of the address or of the name", async (world) => {
  await fillWithUsers(world, 200);
  const directory = new UserDirectory(world.kv);
  const find = (text: string) => all((after) => directory.search(text, LIMIT, after));

  equal((await find("user")).length, 200);
  deepEqual(
    await find("User00010"),
    Array.from({ length: 10 }, (_, i) => `user00010${i}@example.com`),
  );
  const anns = await find("ÁNN");
  deepEqual([anns.length, new Set(anns).size], [50, 50]);
  deepEqual(
    await find("ann 4"),
    ["user000004", "user000040", "user000044", "user000048"].map((it) => `${it}@example.com`),
  );
  deepEqual(await find("nobody"), []);
});

test("a user who is found by address and by name is shown once", async (world) => {
  await world.ann();
  const directory = new UserDirectory(world.kv);

  equal((await directory.search("ann", LIMIT)).users.length, 1);
});

test("people with a name are found behind many whose address begins with it too", async (world) => {
  world.allowInvalidData("users without a password");
  const operation = world.database.atomic();
  for (let i = 0; i < 90; i++) {
    const email = i < 80 ? `ann${i}@example.com` : `x${i}@example.com`;
    const user = newUser({ name: `Ann ${String(i).padStart(2, "0")}`, email }, world.now);
    operation.set(["user", user.id], { v: 1, ...user }).set(["user_by_email", email], user.id)
      .set(nameKey(user), user.id);
  }
  await operation.commit();
  const directory = new UserDirectory(world.kv);

  const found = await all((after) => directory.search("ann", LIMIT, after));
  deepEqual([found.length, new Set(found).size], [90, 90]);
});

test("a page of the list and of a search reads as many keys with 100,000 users as with 100", async (world) => {
  const directory = new UserDirectory(world.kv);
  const costs = async () => {
    const { after } = await directory.newest(LIMIT);
    const searches = ["user0000", "ann", "bob", "nobody"];
    const acts = [
      () => directory.newest(LIMIT),
      () => directory.newest(LIMIT, after ?? ""),
      ...searches.map((text) => () => directory.search(text, LIMIT)),
    ];
    const keys: number[] = [];
    for (const act of acts) keys.push((await world.cost(act)).keys);
    return keys;
  };

  await fillWithUsers(world, 400);
  const few = await costs();
  await fillWithUsers(world, 100_000);
  deepEqual(await costs(), few);
  ok(Math.max(...few) <= 6 * (LIMIT + 1), `${few}`);
});
