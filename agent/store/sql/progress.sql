-- name: progress
SELECT <progress> FROM progress WHERE task_id = $1 ORDER BY ordinal

-- name: progress_of
SELECT <progress> FROM progress WHERE task_id = $1 AND subtask_id = $2

-- name: update_progress
-- From outside the runner, and so only where no attempt is running; guarded by the state that was read.
UPDATE progress SET
    state = $4, attempts_allowed = $5, agent = $6, next_at = $7, outputs = coalesce($8, outputs), error = $9,
    question = $10, ended_at = $11
WHERE task_id = $1 AND subtask_id = $2 AND state = $3 AND state <> 'running'

-- name: free_slot
-- A slot that was kept for an attempt nobody heard the end of: somebody has answered for it now.
UPDATE slot SET task_id = NULL, subtask_id = NULL, attempt = NULL, until = NULL
WHERE task_id = $1 AND subtask_id = $2

-- name: leave_line
-- Whatever becomes of it, it does not wait for a slot of that agent any more.
DELETE FROM slot_wait WHERE task_id = $1 AND subtask_id = $2

-- name: release_gated
UPDATE progress SET state = 'pending'
WHERE task_id = $1 AND state = 'waiting_approval' AND subtask_id = ANY ($2)

-- name: asking
-- The blocked ones, with their questions.
SELECT <progress> FROM progress WHERE task_id = $1 AND state = 'blocked' ORDER BY ordinal

-- name: troubled
SELECT EXISTS (SELECT FROM progress WHERE task_id = $1 AND state IN ('blocked', 'failed'))

-- name: calling
SELECT EXISTS (SELECT FROM progress WHERE task_id = $1 AND state = 'running')

-- name: attempts
SELECT <attempt> FROM attempt WHERE task_id = $1 ORDER BY started_at, subtask_id, number

-- name: orphans
-- Attempts that were running under an earlier owner.
SELECT <attempt> FROM attempt WHERE task_id = $1 AND state = 'running'

-- name: artifacts
SELECT <artifact> FROM artifact WHERE task_id = $1 ORDER BY artifact_id
