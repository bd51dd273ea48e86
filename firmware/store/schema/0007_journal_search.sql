-- The journal is searched by what a line is about, always the newest first; the page's figures
-- are counted from an index alone.
CREATE INDEX journal_kind_at ON journal (kind, at);
CREATE INDEX journal_number_at ON journal (number, at) WHERE number IS NOT NULL;
CREATE INDEX journal_person_at ON journal (person, at) WHERE person IS NOT NULL;
CREATE INDEX journal_outcome_at ON journal (outcome, at) WHERE outcome IS NOT NULL;
CREATE INDEX call_started ON call (started_at, service, outcome);
CREATE INDEX alert_opened ON alert (opened_at, service, cause, state, ended_at);
