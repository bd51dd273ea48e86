-- The page may have the box examined.

CREATE TABLE request_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'take_care', 'send_test', 'check_forwarding', 'send_code', 'ask_swap', 'answer_swap',
        'prove_number', 'play_greeting', 'voicemail_heard', 'delete_voicemail', 'try_voice',
        'examine'
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
