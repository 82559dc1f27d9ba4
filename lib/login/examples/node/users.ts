import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { hashPassword, verifyPassword } from "./passwords.ts";
import type { User, Users } from "./site.ts";

/** Keeps people in the table `users`, which it creates. */
export function sqliteUsers(database: DatabaseSync): Users {
  database.exec(`
    CREATE TABLE IF NOT EXISTS users (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      password TEXT NOT NULL
    ) STRICT`);
  const byId = database.prepare("SELECT id, name FROM users WHERE id = ?");
  const byName = database.prepare("SELECT id, name, password FROM users WHERE name = ?");
  const add = database.prepare("INSERT INTO users VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

  return {
    find: (id) => Promise.resolve((byId.get(id) as User | undefined) ?? null),

    async register(name, password) {
      const user = { id: randomUUID(), name };
      const { changes } = add.run(user.id, user.name, await hashPassword(password));
      return changes === 0 ? null : user;
    },

    async authenticate(name, password) {
      const found = byName.get(name) as (User & { password: string }) | undefined;
      const isRight = await verifyPassword(password, found?.password ?? null);
      return found && isRight ? { id: found.id, name: found.name } : null;
    },
  };
}
