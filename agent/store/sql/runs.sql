-- name: take
-- Each task that nobody owns, for a worker that has a hand free; a new epoch shuts out whoever had it before.
-- A queue that is paused or limited holds back what is to run, never what is to end; nor what a dead worker left running
-- while the task waits for people.
UPDATE task SET owner = $1, epoch = epoch + 1
WHERE task_id = ANY (
    SELECT task_id FROM task
    WHERE task_id = ANY ($2) AND owner IS NULL
      AND (status IN ('pausing', 'cancelling')
           OR ((status = 'running' OR (status = 'planned' AND (execute OR started_at IS NOT NULL)))
               AND (SELECT NOT paused AND max_concurrent IS NULL FROM queue))
           OR (status IN ('approval_pending', 'rejected', 'expired')
               AND EXISTS (SELECT FROM progress p WHERE p.task_id = task.task_id AND p.state = 'running')))
    ORDER BY task_id FOR NO KEY UPDATE)
RETURNING <task>

-- name: take_at_once
-- The same in one round trip, by a worker that is not given up, where the queue has no limit.
WITH marked AS (
    UPDATE worker SET last_batch = $3 WHERE worker_id = $1 AND (SELECT max_concurrent IS NULL FROM queue) RETURNING worker_id
), taken AS (
    UPDATE task SET owner = $1, epoch = epoch + 1
    WHERE task_id = ANY (
        SELECT task_id FROM task
        WHERE task_id = ANY ($2) AND owner IS NULL AND EXISTS (SELECT FROM marked)
          AND (status IN ('pausing', 'cancelling')
               OR ((status = 'running' OR (status = 'planned' AND (execute OR started_at IS NOT NULL)))
                   AND (SELECT NOT paused FROM queue))
               OR (status IN ('approval_pending', 'rejected', 'expired')
                   AND EXISTS (SELECT FROM progress p WHERE p.task_id = task.task_id AND p.state = 'running')))
        ORDER BY task_id FOR NO KEY UPDATE)
    RETURNING <task>
)
SELECT <t.task> FROM marked LEFT JOIN taken t ON true

-- name: taken_before
-- What this worker took of these, where the answer that told so was lost.
SELECT <task> FROM task WHERE task_id = ANY ($2) AND owner = $1

-- name: take_limited
-- The same under the queue's limit ($3), whose lock the caller holds: as many as it leaves room for.
UPDATE task SET owner = $1, epoch = epoch + 1
WHERE task_id = ANY (
    SELECT task_id FROM task
    WHERE task_id = ANY ($2) AND owner IS NULL
      AND (status = 'running' OR (status = 'planned' AND (execute OR started_at IS NOT NULL)))
    ORDER BY priority, due_at NULLS LAST, created_at
    LIMIT greatest(0, $3 - (SELECT count(*) FROM task WHERE owner IS NOT NULL AND status IN ('planned', 'running')))
    FOR NO KEY UPDATE)
RETURNING <task>

-- name: runs
-- Everything that runners need of their tasks, in one round trip; lists as text, so that a thread may read long ones.
SELECT t.task_id, t.request, coalesce(p.header, '') AS header, coalesce(p.plan_hash, '') AS plan_hash,
       coalesce(p.planner, '') AS planner, coalesce(p.level, '') AS level,
       (SELECT count(*) FROM progress g WHERE g.task_id = t.task_id) AS size,
       (SELECT coalesce(json_agg(json_build_array(s.subtask_id, s.spec, s.digest, s.ordinal, s.agent) ORDER BY s.ordinal), '[]')
        FROM subtask s WHERE s.task_id = t.task_id AND s.revision = t.revision)::text AS subtasks,
       (SELECT coalesce(json_agg(json_build_array(e.subtask_id, e.depends_on, e.kind, e.reason)), '[]')
        FROM edge e WHERE e.task_id = t.task_id AND e.revision = t.revision)::text AS edges,
       (SELECT coalesce(json_agg(json_build_array(g.subtask_id, g.state, g.attempt, g.attempts_allowed, g.agent, g.next_at,
                                           g.outputs, g.question,
                                           CASE WHEN g.state = 'running' THEN (
                                               SELECT number FROM slot s
                                               WHERE s.agent = g.agent AND s.task_id = g.task_id
                                                 AND s.subtask_id = g.subtask_id AND s.attempt = g.attempt LIMIT 1) END
                                           ) ORDER BY g.ordinal), '[]')
        FROM progress g WHERE g.task_id = t.task_id)::text AS progress,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(a.subtask_id, to_jsonb(a)) ORDER BY a.artifact_id), '[]')
        FROM artifact a WHERE a.task_id = t.task_id)::text AS artifacts,
       (SELECT coalesce(jsonb_agg(to_jsonb(a) || '{"votes": []}' ORDER BY a.requested_at), '[]')
        FROM approval a WHERE a.task_id = t.task_id)::text AS approvals
FROM task t LEFT JOIN plan p ON p.task_id = t.task_id AND p.revision = t.revision
WHERE t.task_id = ANY ($1)
