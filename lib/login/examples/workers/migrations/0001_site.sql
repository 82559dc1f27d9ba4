CREATE TABLE users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password TEXT NOT NULL
) STRICT;

-- The table of the package: `d1Schema` of "@latchkey/login/d1".
CREATE TABLE IF NOT EXISTS login_records (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  version TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS login_records_by_expiry ON login_records (expires_at);
