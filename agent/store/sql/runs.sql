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
-- Everything that runners need of their tasks, in one round trip; lists by column, so that nothing is written as JSON
-- only to be read again.
SELECT t.task_id, t.request, coalesce(p.header, '') AS header, coalesce(p.plan_hash, '') AS plan_hash,
       coalesce(p.planner, '') AS planner, coalesce(p.level, '') AS level,
       s.subtasks, s.texts, s.digests, s.ordinals, s.agents,
       e.edges, e.befores, e.kinds, e.reasons,
       g.standing, g.states, g.attempts, g.allowed, g.holders, g.dues, g.outputs, g.questions, g.slots,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(a.subtask_id, to_jsonb(a)) ORDER BY a.artifact_id), '[]')
        FROM artifact a WHERE a.task_id = t.task_id)::text AS artifacts,
       (SELECT coalesce(jsonb_agg(to_jsonb(a) || '{"votes": []}' ORDER BY a.requested_at), '[]')
        FROM approval a WHERE a.task_id = t.task_id)::text AS approvals
FROM task t LEFT JOIN plan p ON p.task_id = t.task_id AND p.revision = t.revision,
LATERAL (
    SELECT array_agg(subtask_id ORDER BY ordinal) AS subtasks, array_agg(spec ORDER BY ordinal) AS texts,
           array_agg(digest ORDER BY ordinal) AS digests, array_agg(ordinal ORDER BY ordinal) AS ordinals,
           array_agg(agent ORDER BY ordinal) AS agents
    FROM subtask WHERE task_id = t.task_id AND revision = t.revision
) AS s,
LATERAL (
    SELECT array_agg(subtask_id) AS edges, array_agg(depends_on) AS befores, array_agg(kind) AS kinds,
           array_agg(reason) AS reasons
    FROM edge WHERE task_id = t.task_id AND revision = t.revision
) AS e,
LATERAL (
    SELECT array_agg(subtask_id ORDER BY ordinal) AS standing, array_agg(state ORDER BY ordinal) AS states,
           array_agg(attempt ORDER BY ordinal) AS attempts, array_agg(attempts_allowed ORDER BY ordinal) AS allowed,
           array_agg(agent ORDER BY ordinal) AS holders, array_agg(next_at ORDER BY ordinal) AS dues,
           array_agg(outputs::text ORDER BY ordinal) AS outputs, array_agg(question::text ORDER BY ordinal) AS questions,
           array_agg(CASE WHEN state = 'running' THEN (
               SELECT number FROM slot
               WHERE slot.agent = h.agent AND slot.task_id = h.task_id
                 AND slot.subtask_id = h.subtask_id AND slot.attempt = h.attempt LIMIT 1) END ORDER BY ordinal) AS slots
    FROM progress h WHERE task_id = t.task_id
) AS g
WHERE t.task_id = ANY ($1)
