-- Further numbers of a person in the order in which they are tried; a service's own words for its
-- alerts and the sheet for whoever comes on duty; callers whom the site knows.

ALTER TABLE person ADD COLUMN other_numbers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE service ADD COLUMN texts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE service ADD COLUMN information TEXT NOT NULL DEFAULT '';

CREATE TABLE contact (
    position INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
