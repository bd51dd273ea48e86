-- Who may open the page. "hash" is empty while nobody can sign in with a password.
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'staff', 'reader')),
    mobile TEXT,
    mobile_verified_at TEXT,
    language TEXT CHECK (language IN ('fr', 'en')),
    created_at TEXT NOT NULL,
    last_login_at TEXT,
    disabled_at TEXT
) STRICT;

-- One browser that is signed in. "digest" is the SHA-256 of the secret in its cookie: whoever reads
-- this table, or a backup of it, can take over no session.
CREATE TABLE sign_in (
    digest TEXT PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    address TEXT NOT NULL,
    device TEXT NOT NULL,
    "values" TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_account ON sign_in (account);

-- Failed tries under a key ("login:name:alice", "login:address:192.168.1.7", "setup").
CREATE TABLE throttle (
    key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes that are shown or sent once: the setup code, the code of a lost password. "hash" is
-- scrypt's, because short codes are soon tried through.
CREATE TABLE code (
    purpose TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    failures INTEGER NOT NULL,
    used_at TEXT
) STRICT, WITHOUT ROWID;

-- Who changed what on the page, when and from which address; never rewritten.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    account INTEGER,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    what TEXT NOT NULL,
    "values" TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
