-- Past plans that ended well: they advise later plans, and outlive the tasks they come from. Of one that is
-- forgotten only its key and the digest of its request stay, so that it is not learnt again.
CREATE TABLE remembered_plan (
    task_id text COLLATE "C" PRIMARY KEY,
    manifest_version text NOT NULL,
    request_digest text NOT NULL,
    text text,
    steps jsonb,
    edges jsonb,
    remembered_at timestamptz NOT NULL,
    forgotten_at timestamptz,
    CHECK ((forgotten_at IS NULL) = (text IS NOT NULL)),
    CHECK ((text IS NULL) = (steps IS NULL) AND (text IS NULL) = (edges IS NULL))
);
CREATE INDEX remembered_plan_by_version ON remembered_plan (manifest_version, remembered_at DESC, task_id)
WHERE forgotten_at IS NULL;
CREATE INDEX task_completed ON task (ended_at) WHERE status = 'completed';
CREATE INDEX attempt_completed ON attempt (agent, ended_at DESC) WHERE state = 'completed';
