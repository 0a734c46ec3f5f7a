-- Signed links that were used: each lets one person answer once.
CREATE TABLE used_link (
    use_id text PRIMARY KEY CHECK (use_id ~ '^[0-9a-f]{64}$'),
    approval_id uuid NOT NULL REFERENCES approval ON DELETE CASCADE,
    answer text NOT NULL CHECK (answer IN ('approve', 'reject', 'changes')),
    at timestamptz NOT NULL
);

-- Calls from outside that were taken in, by the id their sender gives them: a second one of the same id is none.
CREATE TABLE heard (
    source text NOT NULL,
    id text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX heard_at ON heard (at);

-- When people were asked again, and when others were asked besides.
CREATE TABLE nudge (
    approval_id uuid NOT NULL REFERENCES approval ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('reminded', 'escalated')),
    at timestamptz NOT NULL,
    PRIMARY KEY (approval_id, kind)
);
