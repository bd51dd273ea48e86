-- The site file's [voice] (no row means the standard values) and [[greeting]]; PINs of the staff for
-- the telephone.
CREATE TABLE voice (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rings INTEGER NOT NULL,
    ring_s INTEGER NOT NULL,
    accept_s INTEGER NOT NULL,
    rounds INTEGER NOT NULL,
    message_s INTEGER NOT NULL,
    hold TEXT NOT NULL CHECK (hold IN ('music', 'speech')),
    voicemail INTEGER NOT NULL CHECK (voicemail IN (0, 1)),
    emergency TEXT
) STRICT;

CREATE TABLE greeting (
    position INTEGER PRIMARY KEY,
    service TEXT NOT NULL REFERENCES service (name) DEFERRABLE INITIALLY DEFERRED,
    "when" TEXT NOT NULL CHECK ("when" IN ('always', 'open', 'closed', 'holiday')),
    text TEXT,
    recording TEXT,
    UNIQUE (service, "when")
) STRICT;

-- "hash" is scrypt with its salt and cost inside
CREATE TABLE phone_pin (
    person TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    set_at TEXT NOT NULL,
    set_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
