-- The site file's [health]; no row means the standard values.
CREATE TABLE health (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    self_check TEXT NOT NULL,
    silence_alarm INTEGER NOT NULL CHECK (silence_alarm IN (0, 1)),
    weekly_sms INTEGER NOT NULL CHECK (weekly_sms IN (0, 1)),
    weekly_day TEXT NOT NULL
        CHECK (weekly_day IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')),
    weekly_at TEXT NOT NULL,
    sms_loop TEXT NOT NULL CHECK (sms_loop IN ('once', 'weekly', 'daily')),
    credit_code TEXT,
    credit_pattern TEXT,
    credit_below INTEGER NOT NULL
) STRICT;
