-- People may ask for another plan instead of saying yes or no.
ALTER TABLE vote DROP CONSTRAINT vote_answer_check;
ALTER TABLE vote ADD CONSTRAINT vote_answer_check CHECK (answer IN ('approve', 'reject', 'changes'));

-- Why a revision was made, where people had the plan changed. `operations` are what their words came to.
CREATE TABLE plan_change (
    task_id text COLLATE "C" NOT NULL,
    revision int NOT NULL,
    was int NOT NULL CHECK (was < revision),
    cause text NOT NULL CHECK (cause IN ('changes', 'edit')),
    by text NOT NULL,
    comment text NOT NULL,
    target text,
    understood text[] NOT NULL,
    operations jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (task_id, revision),
    FOREIGN KEY (task_id, revision) REFERENCES plan ON DELETE CASCADE
);
