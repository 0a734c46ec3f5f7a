-- Where each reader of the log is. A place moves in the transaction of what was made of the events before it.
CREATE TABLE reader (
    name text PRIMARY KEY,
    seq bigint NOT NULL CHECK (seq >= 0)
);

-- Notices on their way. `notice_id` is the same however often a notice is made, so it is sent once.
CREATE TABLE delivery (
    notice_id uuid PRIMARY KEY,
    channel text NOT NULL CHECK (channel IN ('linear', 'email', 'webhook', 'slack')),
    recipient text NOT NULL,
    task_id text COLLATE "C",
    notice jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    attempts int NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    give_up_at timestamptz NOT NULL,
    claimed_until timestamptz,
    why text,
    receipt text,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'waiting';
CREATE INDEX delivery_listed ON delivery (state, created_at DESC, notice_id DESC);

-- Receivers that said they want nothing more, ever.
CREATE TABLE muted (
    channel text NOT NULL,
    recipient text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (channel, recipient)
);
