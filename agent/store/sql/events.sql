-- name: append
SELECT append_events($1, $2::jsonb)

-- name: head
SELECT coalesce(max(seq), 0) FROM event

-- name: after
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event WHERE seq > $1 ORDER BY seq LIMIT $2

-- name: of_task_after
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event
WHERE task_id = $1 AND seq > $2 ORDER BY seq LIMIT $3

-- name: status_history
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event
WHERE task_id = $1 AND (kind LIKE 'task\_%' OR kind = 'subtask_assigned') AND kind <> 'task_heartbeat'
ORDER BY seq
