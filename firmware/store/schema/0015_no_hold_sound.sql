-- A caller on hold hears the network, never the box: there is nothing to choose.
ALTER TABLE voice DROP COLUMN hold;
