-- Programs of several versions work on one schema: the last migration that each worker knows, and the one that a program
-- must know at least to be served (ADR 0022).
ALTER TABLE worker ADD COLUMN knows int NOT NULL DEFAULT 0;
CREATE TABLE served (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    since int NOT NULL DEFAULT 0
);
INSERT INTO served DEFAULT VALUES;
