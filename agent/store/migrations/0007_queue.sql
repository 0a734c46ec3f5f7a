-- How much is done at once, for all replicas. `max_concurrent`: tasks that workers hold at one moment; null is
-- no limit.
CREATE TABLE queue (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    paused boolean NOT NULL DEFAULT false,
    max_concurrent int CHECK (max_concurrent > 0),
    stop_on_failure boolean NOT NULL DEFAULT false
);
INSERT INTO queue DEFAULT VALUES;
