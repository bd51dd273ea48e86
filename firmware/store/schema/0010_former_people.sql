-- Whoever has left stays in the rota of the past; their numbers are nobody's any more.
ALTER TABLE person ADD COLUMN former INTEGER NOT NULL DEFAULT 0 CHECK (former IN (0, 1));
