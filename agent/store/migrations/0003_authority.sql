-- Who decides: by what, on whose behalf, and who had a hand in the plan and so does not.
ALTER TABLE vote
    ADD COLUMN means text NOT NULL DEFAULT 'role'
        CHECK (means IN ('role', 'delegation', 'preapproval', 'break_glass')),
    ADD COLUMN on_behalf_of text,
    ADD COLUMN warrant uuid,
    ADD CHECK ((means = 'delegation') = (on_behalf_of IS NOT NULL)),
    ADD CHECK ((means IN ('delegation', 'preapproval')) = (warrant IS NOT NULL));
ALTER TABLE task ADD COLUMN authors text[] NOT NULL DEFAULT '{}';
ALTER TABLE approval ADD COLUMN authors text[] NOT NULL DEFAULT '{}';

CREATE TABLE delegation (
    delegation_id uuid PRIMARY KEY,
    delegator text NOT NULL,
    delegate text NOT NULL,
    roles text[] NOT NULL CHECK (cardinality(roles) > 0),
    reason text NOT NULL,
    starts_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CHECK (delegator <> delegate),
    CHECK (until > starts_at AND until <= created_at + interval '30 days'),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX delegation_to ON delegation (delegate, until) WHERE revoked_at IS NULL;

-- A yes to every plan of one kind, for a time.
CREATE TABLE preapproval (
    preapproval_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[0-9a-f]{64}$'),
    "like" uuid NOT NULL REFERENCES approval ON DELETE CASCADE,
    level text NOT NULL CHECK (level IN ('low', 'medium', 'high', 'critical')),
    vote jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CHECK (until > created_at AND until <= created_at + interval '8 hours'),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX preapproval_of ON preapproval (kind, until) WHERE revoked_at IS NULL;
