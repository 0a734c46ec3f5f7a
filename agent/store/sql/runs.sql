-- name: take
-- Each task that nobody owns, for a worker that has a hand free; a new epoch shuts out whoever had it before.
UPDATE task SET owner = $1, epoch = epoch + 1
WHERE task_id = ANY (
    SELECT task_id FROM task
    WHERE task_id = ANY ($2) AND owner IS NULL
      AND (status IN ('running', 'pausing', 'cancelling') OR (status = 'planned' AND (execute OR started_at IS NOT NULL)))
    ORDER BY task_id FOR NO KEY UPDATE)
RETURNING *

-- name: run
-- Everything a runner needs of one task, in one round trip.
SELECT t.request, p.header, p.plan_hash,
       (SELECT jsonb_agg(jsonb_build_array(s.subtask_id, s.spec, s.digest) ORDER BY s.ordinal)
        FROM subtask s WHERE s.task_id = t.task_id AND s.revision = t.revision) AS subtasks,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(e.subtask_id, e.depends_on)), '[]')
        FROM edge e WHERE e.task_id = t.task_id AND e.revision = t.revision) AS edges,
       (SELECT jsonb_agg(to_jsonb(g) - '{task_id,ordinal,started_at,ended_at}'::text[] ORDER BY g.ordinal)
        FROM progress g WHERE g.task_id = t.task_id) AS progress,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(a.subtask_id, to_jsonb(a)
                        - '{artifact_id,task_id,subtask_id,attempt,at}'::text[]) ORDER BY a.artifact_id), '[]')
        FROM artifact a WHERE a.task_id = t.task_id) AS artifacts,
       (SELECT coalesce(jsonb_agg(to_jsonb(a) || '{"votes": []}' ORDER BY a.requested_at), '[]')
        FROM approval a WHERE a.task_id = t.task_id) AS approvals
FROM task t JOIN plan p ON p.task_id = t.task_id AND p.revision = t.revision
WHERE t.task_id = $1
