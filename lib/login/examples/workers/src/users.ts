import type { D1Database } from "@cloudflare/workers-types";
import { hashPassword, verifyPassword } from "./passwords.ts";
import type { User, Users } from "./site.ts";

/** Keeps people in the table `users` of `migrations/`. */
export function d1Users(database: D1Database): Users {
  return {
    find: (id) =>
      database.prepare("SELECT id, name FROM users WHERE id = ?").bind(id).first<User>(),

    async register(name, password) {
      const user = { id: crypto.randomUUID(), name };
      const { meta } = await database
        .prepare("INSERT INTO users VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(user.id, user.name, await hashPassword(password)).run();
      return meta.changes === 0 ? null : user;
    },

    async authenticate(name, password) {
      const found = await database
        .prepare("SELECT id, name, password FROM users WHERE name = ?")
        .bind(name).first<User & { password: string }>();
      const isRight = await verifyPassword(password, found?.password ?? null);
      return found && isRight ? { id: found.id, name: found.name } : null;
    },
  };
}
