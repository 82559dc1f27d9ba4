import { serve } from "@hono/node-server";
import { sqliteStore } from "@latchkey/login/sqlite";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { makeSite } from "./site.ts";
import { sqliteUsers } from "./users.ts";

const { SECRET_KEY = "", ORIGIN, PORT = "8000", DATABASE = "site.db" } = process.env;

const database = new DatabaseSync(DATABASE);
database.exec("PRAGMA journal_mode = WAL"); // several processes may read while one writes

const site = makeSite({
  users: sqliteUsers(database),
  store: sqliteStore(database, () => new Date()),
  secretKey: SECRET_KEY,
  origin: ORIGIN ?? `http://localhost:${PORT}`,
});

serve({ fetch: site.fetch, hostname: "127.0.0.1", port: Number(PORT) }, ({ port }) => {
  process.stdout.write(`http://localhost:${port}\n`);
});
