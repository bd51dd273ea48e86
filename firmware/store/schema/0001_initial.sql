-- Instants are texts such as 2026-03-29T01:00:00.123456Z, truth values 0 or 1, lists and maps JSON.
-- Columns carry the names of the fields that they hold (firmware/record.py, firmware/rota/values.py).

-- "Veil": tells our database from any other program's
PRAGMA application_id = 0x5665696C;

-- Numbers that must never be given twice, not even after a purge
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES ('journal_change', 0), ('rota_version', 0);

-- What happened. "change" grows with each new or rewritten line: who follows asks for what is
-- above the last one seen, and a call's line comes again with its outcome.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    change INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'call', 'sms_in', 'sms_out', 'delivery', 'ack', 'escalation', 'handover', 'forwarding',
        'health', 'edit'
    )),
    service TEXT,
    number TEXT,
    person TEXT,
    outcome TEXT,
    detail TEXT NOT NULL,
    key TEXT
) STRICT;
CREATE UNIQUE INDEX journal_change ON journal (change);
CREATE UNIQUE INDEX journal_key ON journal (key) WHERE key IS NOT NULL;
CREATE INDEX journal_kind ON journal (kind, id);
CREATE INDEX journal_at ON journal (at);

CREATE TABLE call (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at TEXT NOT NULL,
    service TEXT NOT NULL,
    number TEXT,
    withheld INTEGER NOT NULL CHECK (withheld IN (0, 1)),
    decision TEXT,
    target TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN (
        'ringing', 'diverted', 'transferred', 'alerted', 'voicemail', 'abandoned', 'refused'
    )),
    ended_at TEXT
) STRICT;
CREATE INDEX call_unfinished ON call (id) WHERE ended_at IS NULL OR outcome = 'ringing';
CREATE INDEX call_outcome ON call (outcome, started_at);
CREATE INDEX call_number ON call (number, started_at);

CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('call', 'diverted', 'sms', 'reminder', 'relay')),
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
CREATE INDEX alert_unsettled ON alert (id) WHERE state IN ('open', 'exhausted');
CREATE INDEX alert_ended ON alert (ended_at);
CREATE INDEX alert_cause ON alert (cause_id, cause);

CREATE TABLE outgoing_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cause TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    rank INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed')),
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT,
    "references" TEXT NOT NULL,
    reported TEXT NOT NULL,
    about INTEGER,
    person TEXT,
    error TEXT,
    ended_at TEXT
) STRICT;
CREATE INDEX outgoing_message_waiting ON outgoing_message (id) WHERE state IN ('queued', 'sending');
CREATE INDEX outgoing_message_created ON outgoing_message (created_at);

CREATE TABLE incoming_part (
    fingerprint TEXT PRIMARY KEY,
    received_at TEXT NOT NULL,
    pdu TEXT NOT NULL,
    sender TEXT NOT NULL,
    reference INTEGER,
    total INTEGER NOT NULL,
    number INTEGER NOT NULL,
    message_id INTEGER
) STRICT;
CREATE INDEX incoming_part_received ON incoming_part (received_at);
CREATE INDEX incoming_part_message ON incoming_part (message_id);

CREATE TABLE incoming_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    text TEXT,
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
    kind TEXT NOT NULL CHECK (kind IN ('stranger', 'staff', 'unreadable'))
) STRICT;
CREATE INDEX incoming_message_received ON incoming_message (received_at);

CREATE TABLE intervention (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX intervention_open ON intervention (id) WHERE ended_at IS NULL;
CREATE INDEX intervention_person ON intervention (person, started_at);

CREATE TABLE alarm (
    key TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    cause TEXT NOT NULL,
    "values" TEXT NOT NULL,
    until TEXT
) STRICT;
CREATE INDEX alarm_open ON alarm (since) WHERE until IS NULL;

CREATE TABLE fact (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The page's wishes to the daemon
CREATE TABLE request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('take_care', 'send_test', 'check_forwarding')),
    "values" TEXT NOT NULL,
    done_at TEXT
) STRICT;
CREATE INDEX request_open ON request (id) WHERE done_at IS NULL;

-- The site file. "position" keeps the order in which it was written. References are checked at
-- the end of the transaction, because an edit writes the tables one after the other.
CREATE TABLE site (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    holidays TEXT NOT NULL,
    good_friday INTEGER NOT NULL CHECK (good_friday IN (0, 1)),
    country_code TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    mobile TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('staff', 'admin'))
) STRICT;

CREATE TABLE service (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    digit TEXT,
    mode TEXT NOT NULL CHECK (mode IN ('divert', 'transfer', 'alert')),
    acknowledge_within_s INTEGER NOT NULL,
    confirm_divert INTEGER NOT NULL CHECK (confirm_divert IN (0, 1))
) STRICT;

CREATE TABLE rotation (
    position INTEGER PRIMARY KEY,
    service TEXT NOT NULL REFERENCES service (name) DEFERRABLE INITIALLY DEFERRED,
    level INTEGER NOT NULL,
    start TEXT NOT NULL,
    every_count INTEGER NOT NULL CHECK (every_count > 0),
    every_unit TEXT NOT NULL CHECK (every_unit IN ('hour', 'day', 'week', 'month')),
    duty_type TEXT NOT NULL CHECK (duty_type IN ('astreinte', 'permanence', 'garde')),
    "end" TEXT
) STRICT;

CREATE TABLE rotation_person (
    rotation INTEGER NOT NULL REFERENCES rotation (position) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    person TEXT NOT NULL REFERENCES person (name) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (rotation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE active_window (
    rotation INTEGER NOT NULL REFERENCES rotation (position) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    days TEXT NOT NULL,
    start TEXT NOT NULL,
    "end" TEXT NOT NULL,
    PRIMARY KEY (rotation, position)
) STRICT, WITHOUT ROWID;

-- The later wins. Also holds who entered it and when.
CREATE TABLE override (
    position INTEGER PRIMARY KEY,
    service TEXT NOT NULL REFERENCES service (name) DEFERRABLE INITIALLY DEFERRED,
    level INTEGER NOT NULL,
    start TEXT NOT NULL,
    "end" TEXT NOT NULL,
    "out" TEXT REFERENCES person (name) DEFERRABLE INITIALLY DEFERRED,
    in_ TEXT REFERENCES person (name) DEFERRABLE INITIALLY DEFERRED,
    entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL
) STRICT;

CREATE TABLE opening_hours (
    position INTEGER PRIMARY KEY,
    service TEXT NOT NULL REFERENCES service (name) DEFERRABLE INITIALLY DEFERRED,
    days TEXT NOT NULL,
    start TEXT NOT NULL,
    "end" TEXT NOT NULL,
    number TEXT NOT NULL
) STRICT;
