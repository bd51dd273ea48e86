-- What somebody has begun on the page and not finished: the first start, which may be left at each
-- step. Nothing but the page reads it.
CREATE TABLE draft (
    name TEXT PRIMARY KEY,
    "values" TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
