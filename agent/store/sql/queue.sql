-- name: settings
SELECT paused, max_concurrent, stop_on_failure FROM queue

-- name: locked_settings
SELECT paused, max_concurrent, stop_on_failure FROM queue FOR UPDATE

-- name: set
UPDATE queue SET paused = $1, max_concurrent = $2, stop_on_failure = $3

-- name: stop
-- Something failed, and that is to stop everything that has not begun.
UPDATE queue SET paused = true WHERE stop_on_failure AND NOT paused
RETURNING paused, max_concurrent, stop_on_failure

-- name: limit
-- Whoever takes tasks under a limit takes this lock first, so that two who count never count the same.
SELECT max_concurrent FROM queue WHERE NOT paused AND max_concurrent IS NOT NULL FOR UPDATE

-- name: admissible
-- The first of those that wait to be taken up: as many as the limit leaves room for, none without a limit.
SELECT t.task_id, t.priority, t.due_at FROM task t
WHERE t.owner IS NULL AND t.wake_at <= (SELECT db_now())
  AND (t.status = 'running' OR (t.status = 'planned' AND (t.execute OR t.started_at IS NOT NULL)))
  AND (SELECT max_concurrent IS NOT NULL AND NOT paused FROM queue)
ORDER BY t.priority, t.due_at NULLS LAST, t.created_at
LIMIT greatest(0, (SELECT max_concurrent FROM queue)
    - (SELECT count(*) FROM task WHERE owner IS NOT NULL AND status IN ('planned', 'running')))
