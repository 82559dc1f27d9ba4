import { newUser } from "../../lib/account/user.ts";
import { nameKey, timeKey } from "../../lib/account/user_index.ts";
import type { TestWorld } from "./world.ts";

/** Writes users as registrations do; `count` people called Ann, Bob, Cleo and Dan. */
export async function fillWithUsers(world: TestWorld, count: number): Promise<void> {
  world.allowInvalidData("users without a password");
  const names = ["Ann", "Bob", "Cleo", "Dan"];
  for (let i = 0; i < count;) {
    const operation = world.database.atomic();
    for (const end = Math.min(count, i + 150); i < end; i++) {
      const name = `${names[i % 4]} ${i}`;
      const email = `user${String(i).padStart(6, "0")}@example.com`;
      const user = newUser({ name, email }, new Date(world.now.getTime() + i));
      operation.set(["user", user.id], { v: 1, ...user }).set(["user_by_email", email], user.id)
        .set(timeKey(user), user.id).set(nameKey(user), user.id);
    }
    await operation.commit();
  }
}
