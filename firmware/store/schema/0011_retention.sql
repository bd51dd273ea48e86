-- The site file's [retention]; no row means the standard values. A purge walks these indexes.
CREATE TABLE retention (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sms_text_days INTEGER NOT NULL,
    call_log_months INTEGER NOT NULL,
    voicemail_days INTEGER NOT NULL,
    audit_months INTEGER NOT NULL
) STRICT;
