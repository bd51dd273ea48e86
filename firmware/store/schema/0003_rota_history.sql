-- Every change of the rota, never rewritten: who, when, in which words, and the whole site file as
-- it stood afterwards. "what" is a message of the page's catalogue with its "values", so that it is
-- worded in the reader's language; "site" is zlib of the site file's text (5 kB for a large site).
CREATE TABLE rota_history (
    version INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    what TEXT NOT NULL,
    "values" TEXT NOT NULL,
    undoes INTEGER,
    site BLOB NOT NULL
) STRICT;
CREATE INDEX rota_history_undone ON rota_history (undoes) WHERE undoes IS NOT NULL;
