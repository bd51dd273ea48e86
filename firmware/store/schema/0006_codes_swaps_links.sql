-- The page may also have a code sent and a swap asked and answered; a swap is an alert of its own.
-- Numbers that somebody has proved to hold; secret links to a person's own page.

CREATE TABLE request_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'take_care', 'send_test', 'check_forwarding', 'send_code', 'ask_swap', 'answer_swap'
    )),
    "values" TEXT NOT NULL,
    done_at TEXT
) STRICT;
INSERT INTO request_new SELECT id, at, kind, "values", done_at FROM request;
-- numbers are never given twice, not even those of purged rows
DELETE FROM sqlite_sequence WHERE name = 'request_new';
INSERT INTO sqlite_sequence SELECT 'request_new', seq FROM sqlite_sequence WHERE name = 'request';
DROP TABLE request;
ALTER TABLE request_new RENAME TO request;
CREATE INDEX request_open ON request (id) WHERE done_at IS NULL;

CREATE TABLE alert_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('call', 'diverted', 'sms', 'reminder', 'relay', 'swap')),
    cause_id INTEGER,
    service TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    number TEXT,
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'exhausted', 'closed')),
    round INTEGER NOT NULL,
    due_at TEXT,
    asked TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT
) STRICT;
INSERT INTO alert_new SELECT id, reference, cause, cause_id, service, opened_at, number, text,
    state, round, due_at, asked, ended_at, ended_by FROM alert;
DELETE FROM sqlite_sequence WHERE name = 'alert_new';
INSERT INTO sqlite_sequence SELECT 'alert_new', seq FROM sqlite_sequence WHERE name = 'alert';
DROP TABLE alert;
ALTER TABLE alert_new RENAME TO alert;
CREATE INDEX alert_unsettled ON alert (id) WHERE state IN ('open', 'exhausted');
CREATE INDEX alert_ended ON alert (ended_at);
CREATE INDEX alert_cause ON alert (cause_id, cause);

-- Belongs to the number, not to a person: "how" is 'code' or 'import'
CREATE TABLE verified_number (
    number TEXT PRIMARY KEY,
    verified_at TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('code', 'import')),
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What stands in the rota so far came by `veilleur import`
INSERT OR IGNORE INTO verified_number
    SELECT mobile, strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now'), 'import', '' FROM person;
INSERT OR IGNORE INTO verified_number
    SELECT each.value, strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now'), 'import', ''
    FROM person, json_each(person.other_numbers) AS each;

-- "digest" is the SHA-256 of the secret in the address: whoever reads this table opens no page
CREATE TABLE personal_link (
    digest TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    used_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX personal_link_person ON personal_link (person);
