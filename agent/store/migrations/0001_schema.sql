-- The database's time is the service's time. `ahead` moves it for everybody at once; only tests do.
CREATE TABLE clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ahead interval NOT NULL DEFAULT interval '0'
);
INSERT INTO clock DEFAULT VALUES;

CREATE FUNCTION db_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
AS 'SELECT clock_timestamp() + ahead FROM clock';

-- A worker lives as long as its session holds the advisory lock (ADR 0004); `beat_at` tells a frozen one.
CREATE TABLE worker (
    worker_id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    backend_pid int NOT NULL,
    last_batch bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    beat_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- `wake_at` says when somebody must look at the task; null: not before something happens to it.
CREATE TABLE task (
    task_id text COLLATE "C" PRIMARY KEY CHECK (task_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'),
    title text NOT NULL,
    request text NOT NULL,
    request_digest text NOT NULL CHECK (request_digest ~ '^[0-9a-f]{64}$'),
    priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 3),
    requester text,
    callback_url text,
    execute boolean NOT NULL,
    on_failure text NOT NULL CHECK (on_failure IN ('review', 'fail')),
    status text NOT NULL CHECK (status IN (
        'planning', 'approval_pending', 'planned', 'running', 'pausing', 'paused', 'cancelling',
        'completed', 'failed', 'blocked', 'rejected', 'expired', 'cancelled')),
    needs_review boolean NOT NULL DEFAULT false,
    reason text,
    mode text NOT NULL DEFAULT 'auto' CHECK (mode IN ('auto', 'manual')),
    wave_limit int CHECK (wave_limit >= 0),
    checkpoints text[] NOT NULL DEFAULT '{}',
    revision int NOT NULL DEFAULT 0 CHECK (revision >= 0),
    plan_hash text CHECK (plan_hash ~ '^[0-9a-f]{64}$'),
    version bigint NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,
    owner int,
    wake_at timestamptz,
    due_at timestamptz,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    CHECK ((revision = 0) = (plan_hash IS NULL)),
    CHECK ((ended_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled'))),
    CHECK (owner IS NULL OR epoch > 0)
) WITH (fillfactor = 70);
CREATE INDEX task_listed ON task (created_at DESC, task_id DESC);
CREATE INDEX task_by_status ON task (status, created_at DESC, task_id DESC);
CREATE INDEX task_wakes ON task (wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
CREATE INDEX task_owned ON task (owner) WHERE owner IS NOT NULL;

-- Plans, their subtasks and edges are written once. `header` and `spec` are the canonical texts that
-- were hashed (RFC 8785): checking what runs against what was approved is hashing these bytes.
CREATE TABLE plan (
    task_id text COLLATE "C" NOT NULL REFERENCES task ON DELETE CASCADE,
    revision int NOT NULL CHECK (revision > 0),
    plan_hash text NOT NULL CHECK (plan_hash ~ '^[0-9a-f]{64}$'),
    planner text NOT NULL,
    level text NOT NULL CHECK (level IN ('low', 'medium', 'high', 'critical')),
    header text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (task_id, revision)
);

CREATE TABLE subtask (
    task_id text COLLATE "C" NOT NULL,
    revision int NOT NULL,
    ordinal int NOT NULL CHECK (ordinal >= 0),
    subtask_id text COLLATE "C" NOT NULL,
    agent text NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    spec text NOT NULL,
    PRIMARY KEY (task_id, revision, ordinal),
    UNIQUE (task_id, revision, subtask_id),
    FOREIGN KEY (task_id, revision) REFERENCES plan ON DELETE CASCADE
);

CREATE TABLE edge (
    task_id text COLLATE "C" NOT NULL,
    revision int NOT NULL,
    subtask_id text COLLATE "C" NOT NULL,
    depends_on text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (task_id, revision, subtask_id, depends_on),
    FOREIGN KEY (task_id, revision) REFERENCES plan ON DELETE CASCADE,
    CHECK (subtask_id <> depends_on)
);

-- What became of each subtask. Narrow and updated in place: no column here but the key is indexed.
CREATE TABLE progress (
    task_id text COLLATE "C" NOT NULL REFERENCES task ON DELETE CASCADE,
    subtask_id text COLLATE "C" NOT NULL,
    ordinal int NOT NULL,
    state text NOT NULL CHECK (state IN (
        'pending', 'waiting_approval', 'ready', 'running', 'completed', 'failed', 'blocked', 'skipped', 'cancelled')),
    attempt int NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    attempts_allowed int NOT NULL DEFAULT 3,
    agent text,
    next_at timestamptz,
    outputs jsonb,
    error jsonb,
    question jsonb,
    started_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (task_id, subtask_id),
    CHECK ((state = 'blocked') = (question IS NOT NULL))
) WITH (fillfactor = 60);

CREATE TABLE attempt (
    task_id text COLLATE "C" NOT NULL REFERENCES task ON DELETE CASCADE,
    subtask_id text COLLATE "C" NOT NULL,
    number int NOT NULL CHECK (number > 0),
    epoch bigint NOT NULL,
    agent text NOT NULL,
    key text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'completed', 'failed', 'timed_out', 'cancelled', 'unknown')),
    started_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    ended_at timestamptz,
    error jsonb,
    cost_usd double precision NOT NULL DEFAULT 0,
    PRIMARY KEY (task_id, subtask_id, number),
    CHECK ((state = 'running') = (ended_at IS NULL))
) WITH (fillfactor = 70);

-- One row for each thing an agent may do at once, over all replicas. Free: no task, or `until` has passed
-- (its holder crashed). No index but the key, so that taking and freeing stay on the page.
CREATE TABLE slot (
    agent text COLLATE "C" NOT NULL,
    number int NOT NULL CHECK (number > 0),
    task_id text COLLATE "C",
    subtask_id text COLLATE "C",
    attempt int,
    until timestamptz,
    PRIMARY KEY (agent, number),
    CHECK ((task_id IS NULL) = (until IS NULL))
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

-- Who waits for a slot, in the order in which they will get one.
CREATE TABLE slot_wait (
    agent text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL REFERENCES task ON DELETE CASCADE,
    subtask_id text COLLATE "C" NOT NULL,
    priority smallint NOT NULL,
    due_at timestamptz,
    since timestamptz NOT NULL,
    PRIMARY KEY (task_id, subtask_id)
);
CREATE INDEX slot_wait_turn ON slot_wait (agent, priority, due_at, since);

CREATE TABLE approval (
    approval_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[A-HJKMNP-Z2-9]{8}$'),
    task_id text COLLATE "C" NOT NULL REFERENCES task ON DELETE CASCADE,
    revision int NOT NULL,
    plan_hash text NOT NULL CHECK (plan_hash ~ '^[0-9a-f]{64}$'),
    level text NOT NULL CHECK (level IN ('low', 'medium', 'high', 'critical')),
    demand jsonb NOT NULL,
    requester text,
    subtask_ids text[] NOT NULL,
    status text NOT NULL CHECK (status IN (
        'pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded')),
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    FOREIGN KEY (task_id, revision) REFERENCES plan (task_id, revision) ON DELETE CASCADE,
    CHECK ((status = 'pending') = (decided_at IS NULL)),
    CHECK (expires_at > requested_at)
);
CREATE UNIQUE INDEX approval_one_pending ON approval (task_id) WHERE status = 'pending';
CREATE INDEX approval_by_task ON approval (task_id, requested_at);
CREATE INDEX approval_queue ON approval (expires_at) WHERE status = 'pending';

CREATE TABLE vote (
    approval_id uuid NOT NULL REFERENCES approval ON DELETE CASCADE,
    approver text NOT NULL CHECK (approver <> ''),
    role text NOT NULL,
    answer text NOT NULL CHECK (answer IN ('approve', 'reject')),
    reason text NOT NULL,
    at timestamptz NOT NULL,
    unauthenticated boolean NOT NULL,
    hash_unseen boolean NOT NULL,
    PRIMARY KEY (approval_id, approver)
);

CREATE TABLE agent (
    agent text COLLATE "C" PRIMARY KEY,
    card jsonb NOT NULL,
    source text NOT NULL CHECK (source IN ('manifest', 'registered')),
    listed boolean NOT NULL DEFAULT true,
    health text NOT NULL DEFAULT 'unknown' CHECK (health IN ('unknown', 'healthy', 'unhealthy')),
    reason text,
    missing_tools text[] NOT NULL DEFAULT '{}',
    checked_at timestamptz
);

CREATE TABLE artifact (
    artifact_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    task_id text COLLATE "C" NOT NULL REFERENCES task ON DELETE CASCADE,
    subtask_id text COLLATE "C" NOT NULL,
    attempt int NOT NULL,
    name text NOT NULL,
    uri text NOT NULL,
    media_type text NOT NULL,
    size bigint,
    digest text,
    at timestamptz NOT NULL
);
CREATE INDEX artifact_by_task ON artifact (task_id, artifact_id);

-- The log.
CREATE TABLE event (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    kind text NOT NULL,
    task_id text COLLATE "C",
    subtask_id text COLLATE "C",
    data jsonb NOT NULL
);
CREATE INDEX event_by_task ON event (task_id, seq);
CREATE SEQUENCE event_seq OWNED BY event.seq;

-- Whoever appends takes the order lock first and must then commit at once: numbers are drawn behind the
-- lock, so that a reader of `seq > place` never passes over one that commits later (ADR 0003).
CREATE FUNCTION append_events(actor text, facts jsonb) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    last bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7233, 1);
    WITH added AS (
        INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
        SELECT nextval('event_seq'), (SELECT db_now()), append_events.actor,
               f ->> 'kind', f ->> 'task_id', f ->> 'subtask_id', f - '{kind,task_id,subtask_id}'::text[]
        FROM jsonb_array_elements(facts) WITH ORDINALITY AS each (f, place)
        ORDER BY place
        RETURNING seq
    )
    SELECT max(seq) INTO last FROM added;
    PERFORM pg_notify('orchestrator_events', '');
    RETURN last;
END
$$;
