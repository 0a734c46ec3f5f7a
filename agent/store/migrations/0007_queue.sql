-- How much is done at once, for all replicas. `max_concurrent`: tasks that workers hold at one moment; null is
-- no limit.
CREATE TABLE queue (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    paused boolean NOT NULL DEFAULT false,
    max_concurrent int CHECK (max_concurrent > 0),
    stop_on_failure boolean NOT NULL DEFAULT false
);
INSERT INTO queue DEFAULT VALUES;

-- A plan that came with its request, for as long as the task is kept. Read once, when the task is planned.
CREATE TABLE given_plan (
    task_id text COLLATE "C" PRIMARY KEY REFERENCES task ON DELETE CASCADE,
    plan text NOT NULL
);
