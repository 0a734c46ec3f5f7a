-- name: insert_task
INSERT INTO task (task_id, title, request, request_digest, priority, requester, callback_url, execute, on_failure,
                  status, wake_at, due_at, created_at, authors)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (task_id) DO NOTHING

-- name: update_task
-- Guarded by the version that was read: whoever decided on an older one decides again.
UPDATE task SET
    status = $3, needs_review = $4, reason = $5, mode = $6, wave_limit = $7, checkpoints = $8, revision = $9,
    plan_hash = $10, wake_at = $11, started_at = coalesce(started_at, $12), ended_at = $13,
    priority = $14, authors = $15, version = version + 1
WHERE task_id = $1 AND version = $2
RETURNING owner

-- name: task
SELECT <task> FROM task WHERE task_id = $1

-- name: tasks_by_id
SELECT <task> FROM task WHERE task_id = ANY ($1)

-- name: locked_task
-- Rows are locked task first, then its approval: everybody in this order.
SELECT <task> FROM task WHERE task_id = $1 FOR UPDATE

-- name: insert_given
INSERT INTO given_plan (task_id, plan) VALUES ($1, $2)

-- name: given_of
SELECT plan FROM given_plan WHERE task_id = $1

-- name: request_of
SELECT request FROM task WHERE task_id = $1

-- name: task_page
-- Newest first; the key of the last row seen is where the next page starts.
SELECT <task> FROM task
WHERE ($1::text[] IS NULL OR status = ANY ($1))
  AND ($2::text IS NULL OR requester = $2)
  AND ($3::boolean IS NULL OR needs_review = $3)
  AND ($4::timestamptz IS NULL OR (created_at, task_id) < ($4, $5))
ORDER BY created_at DESC, task_id DESC
LIMIT $6

-- name: standing
SELECT (SELECT count(*) FROM task WHERE status IN (
            'planning', 'approval_pending', 'planned', 'running', 'pausing', 'paused', 'cancelling', 'blocked')) AS active,
       (SELECT count(*) FROM pgqueuer WHERE status = 'queued') AS queued

-- name: cancel_rest
-- What had not ended when its task was cancelled.
UPDATE progress SET state = 'cancelled', question = NULL, next_at = NULL, ended_at = (SELECT db_now())
WHERE task_id = ANY ($1) AND state NOT IN ('completed', 'skipped', 'cancelled')

-- name: set_turn
-- Those of its subtasks that stand in line for a slot stand there by its new priority.
UPDATE slot_wait SET priority = $2 WHERE task_id = $1 AND priority <> $2

-- name: leave_line
-- A task that cannot start anything now must not keep a place for a slot.
DELETE FROM slot_wait WHERE task_id = ANY ($1)
