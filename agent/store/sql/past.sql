-- name: unremembered
SELECT t.task_id, t.revision FROM task t
WHERE t.status = 'completed' AND t.ended_at > (SELECT db_now()) - $1::interval AND t.revision > 0
  AND NOT EXISTS (SELECT FROM remembered_plan r WHERE r.task_id = t.task_id)
ORDER BY t.ended_at LIMIT $2

-- name: remember
INSERT INTO remembered_plan (task_id, manifest_version, request_digest, text, steps, edges, remembered_at, forgotten_at)
SELECT r ->> 'task_id', r ->> 'manifest_version', r ->> 'request_digest', r ->> 'text',
       nullif(r -> 'steps', 'null'), nullif(r -> 'edges', 'null'), (SELECT db_now()),
       CASE WHEN r ->> 'text' IS NULL THEN (SELECT db_now()) END
FROM jsonb_array_elements($1) AS r
ON CONFLICT (task_id) DO NOTHING

-- name: recall
SELECT task_id, manifest_version, text, steps, edges, remembered_at FROM remembered_plan
WHERE manifest_version = $1 AND forgotten_at IS NULL
ORDER BY remembered_at DESC, task_id LIMIT $2

-- name: list_remembered
SELECT task_id, manifest_version, text, steps, edges, remembered_at FROM remembered_plan
WHERE forgotten_at IS NULL AND ($1::text IS NULL OR manifest_version = $1)
ORDER BY remembered_at DESC, task_id LIMIT $2

-- name: forget
UPDATE remembered_plan SET text = NULL, steps = NULL, edges = NULL, forgotten_at = (SELECT db_now())
WHERE forgotten_at IS NULL AND (task_id = $1 OR $1 IS NULL)
RETURNING task_id

-- name: memory_stamp
SELECT count(*) AS known, count(forgotten_at) AS forgotten, max(remembered_at) AS latest FROM remembered_plan
WHERE manifest_version = $1

-- name: durations
SELECT a.agent, array_agg(extract(epoch FROM a.ended_at - a.started_at)::float8 ORDER BY a.ended_at DESC) AS seconds
FROM unnest($1::text[]) AS asked (agent)
CROSS JOIN LATERAL (
    SELECT agent, started_at, ended_at FROM attempt
    WHERE agent = asked.agent AND state = 'completed'
    ORDER BY started_at DESC LIMIT $2
) AS a
GROUP BY a.agent
