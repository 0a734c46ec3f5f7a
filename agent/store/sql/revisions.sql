-- name: insert_change
INSERT INTO plan_change (task_id, revision, was, cause, by, comment, target, understood, operations, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: rounds
-- How often changes were asked for since a person last edited the plan.
SELECT count(*) FROM plan_change c
WHERE c.task_id = $1 AND c.cause = 'changes' AND c.revision > coalesce(
    (SELECT max(e.revision) FROM plan_change e WHERE e.task_id = $1 AND e.cause = 'edit'), 0)

-- name: revisions
SELECT p.revision, p.plan_hash, p.planner, p.level, p.created_at,
       (SELECT count(*) FROM subtask s WHERE s.task_id = p.task_id AND s.revision = p.revision) AS subtasks,
       c.was, c.cause, c.by, c.comment, c.target, c.understood
FROM plan p LEFT JOIN plan_change c USING (task_id, revision)
WHERE p.task_id = $1 ORDER BY p.revision

-- name: leave
-- What is no part of the plan any more stands nowhere, nor in line for a slot.
WITH gone AS (
    DELETE FROM progress WHERE task_id = $1 AND subtask_id <> ALL ($2::text[]) AND state <> 'running'
    RETURNING subtask_id
)
DELETE FROM slot_wait w USING gone g WHERE w.task_id = $1 AND w.subtask_id = g.subtask_id

-- name: left_behind
SELECT count(*) FROM progress WHERE task_id = $1 AND subtask_id <> ALL ($2::text[])

-- name: restand
INSERT INTO progress (task_id, subtask_id, ordinal, state, agent, question, attempts_allowed)
SELECT $1, p.*
FROM jsonb_to_recordset($2) AS p (subtask_id text, ordinal int, state text, agent text, question jsonb, allowed int)
ON CONFLICT (task_id, subtask_id) DO UPDATE SET
    ordinal = excluded.ordinal, state = excluded.state, agent = excluded.agent, question = excluded.question,
    attempts_allowed = excluded.attempts_allowed,
    next_at = CASE WHEN progress.state = excluded.state THEN progress.next_at END,
    ended_at = CASE WHEN progress.state = excluded.state THEN progress.ended_at END,
    error = CASE WHEN progress.state = excluded.state THEN progress.error END
