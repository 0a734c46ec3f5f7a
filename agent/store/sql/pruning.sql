-- name: prunable
-- Ended for long, owed to nobody: every reader of the log, the chain's too, is past its last event; no notice of it
-- is on its way; and no yes to plans of its kind still stands.
WITH found AS MATERIALIZED (
    SELECT task_id, status, ended_at FROM task t
    WHERE ended_at < (SELECT db_now()) - $1::interval AND owner IS NULL
      AND NOT EXISTS (SELECT FROM event e WHERE e.task_id = t.task_id
                      AND e.seq > (SELECT coalesce(min(seq), 0) FROM reader))
      AND NOT EXISTS (SELECT FROM delivery d WHERE d.task_id = t.task_id AND d.state = 'waiting')
      AND NOT EXISTS (SELECT FROM approval a JOIN preapproval p ON p."like" = a.approval_id
                      WHERE a.task_id = t.task_id AND p.revoked_at IS NULL AND p.until > (SELECT db_now()))
    ORDER BY ended_at, task_id LIMIT $2
)
SELECT f.*, (SELECT count(*) FROM progress p WHERE p.task_id = f.task_id) AS subtasks,
       (SELECT count(*) FROM event e WHERE e.task_id = f.task_id) AS events
FROM found f ORDER BY f.ended_at, f.task_id

-- name: held
-- Those that may still go; whoever else lets go of some just now has them.
SELECT <task> FROM task WHERE task_id = ANY ($1) AND ended_at IS NOT NULL AND owner IS NULL
ORDER BY task_id FOR UPDATE SKIP LOCKED

-- name: events_of
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event WHERE task_id = ANY ($1)

-- name: leave_digests
INSERT INTO pruned_event (seq, digest) SELECT * FROM unnest($1::bigint[], $2::bytea[])

-- name: drop_events
DELETE FROM event WHERE task_id = ANY ($1) AND seq <= $2

-- name: drop_deliveries
DELETE FROM delivery WHERE task_id = ANY ($1)

-- name: drop_tasks
-- With everything that hangs on them.
DELETE FROM task WHERE task_id = ANY ($1) AND ended_at IS NOT NULL AND owner IS NULL
