-- name: insert_plan
INSERT INTO plan (task_id, revision, plan_hash, planner, level, header, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: insert_subtasks
INSERT INTO subtask (task_id, revision, ordinal, subtask_id, agent, digest, spec)
SELECT $1, $2, s.*
FROM jsonb_to_recordset($3::text::jsonb) AS s (ordinal int, subtask_id text, agent text, digest text, spec text)

-- name: insert_edges
INSERT INTO edge (task_id, revision, subtask_id, depends_on, kind, reason)
SELECT $1, $2, e.*
FROM jsonb_to_recordset($3::text::jsonb) AS e (subtask_id text, depends_on text, kind text, reason text)

-- name: clear_progress
DELETE FROM progress WHERE task_id = $1

-- name: insert_progress
INSERT INTO progress (task_id, subtask_id, ordinal, state, agent, question)
SELECT $1, p.*
FROM jsonb_to_recordset($2::text::jsonb) AS p (subtask_id text, ordinal int, state text, agent text, question jsonb)

-- name: plan
SELECT header, plan_hash FROM plan WHERE task_id = $1 AND revision = $2

-- name: subtasks
SELECT ordinal, subtask_id, digest, spec FROM subtask WHERE task_id = $1 AND revision = $2 ORDER BY ordinal

-- name: subtask_page
-- By the plan's order: the place of the last row seen is where the next page starts.
SELECT s.ordinal, s.spec, <g.progress> FROM subtask s
LEFT JOIN progress g ON g.task_id = s.task_id AND g.subtask_id = s.subtask_id
WHERE s.task_id = $1 AND s.revision = $2 AND s.ordinal >= $3
ORDER BY s.ordinal LIMIT $4

-- name: edges
SELECT subtask_id, depends_on FROM edge WHERE task_id = $1 AND revision = $2

-- name: numbers
-- How many ids each agent's name was given to within the task, over all revisions.
SELECT first.agent, count(*) AS number
FROM (SELECT DISTINCT ON (subtask_id) agent FROM subtask WHERE task_id = $1 ORDER BY subtask_id, revision) AS first
GROUP BY first.agent
