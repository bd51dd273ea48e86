-- The page shows what was worked in a month, by everybody.

CREATE INDEX intervention_started ON intervention (started_at);
