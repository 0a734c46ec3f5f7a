-- name: append
SELECT append_events($1, $2::jsonb)

-- name: append_text
-- Facts that were written out already, by a thread where they are many.
SELECT append_events($1, $2::text::jsonb)

-- name: append_text_and_wake
-- And tell workers that a task of theirs may have changed.
SELECT append_events($1, $2::text::jsonb), pg_notify('orchestrator_wake', '')

-- name: head
SELECT coalesce(max(seq), 0) FROM event

-- name: after
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event WHERE seq > $1 ORDER BY seq LIMIT $2

-- name: heard_after
-- The next of them without those of the kinds $2; the last comes along in any case, so that the place moves on.
WITH page AS MATERIALIZED (
    SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event WHERE seq > $1 ORDER BY seq LIMIT $3
)
SELECT *, kind = ANY ($2) AS passed_over, (SELECT count(*) FROM page) = $3 AS more FROM page
WHERE kind <> ALL ($2) OR seq = (SELECT max(seq) FROM page)
ORDER BY seq

-- name: of_task_after
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event
WHERE task_id = $1 AND seq > $2 ORDER BY seq LIMIT $3

-- name: status_history
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event
WHERE task_id = $1 AND (kind LIKE 'task\_%' OR kind = 'subtask_assigned') AND kind <> 'task_heartbeat'
ORDER BY seq
