-- name: list_agents
INSERT INTO agent (agent, card, source)
SELECT a ->> 'id', a, 'manifest' FROM jsonb_array_elements($1) AS a
ON CONFLICT (agent) DO UPDATE SET card = excluded.card, source = excluded.source, listed = true

-- name: unlist_agents
UPDATE agent SET listed = false WHERE source = 'manifest' AND agent <> ALL ($1)

-- name: add_slots
INSERT INTO slot (agent, number)
SELECT l.agent, n FROM unnest($1::text[], $2::int[]) AS l (agent, size), generate_series(1, l.size) AS n
ON CONFLICT DO NOTHING

-- name: drop_slots
-- Slots beyond what the manifest allows go as they fall free.
DELETE FROM slot s USING unnest($1::text[], $2::int[]) AS l (agent, size)
WHERE s.agent = l.agent AND s.number > l.size AND (s.task_id IS NULL OR s.until < (SELECT db_now()))

-- name: agent_states
SELECT a.agent, a.health, a.reason, a.missing_tools, a.checked_at,
       (SELECT count(*) FROM slot s WHERE s.agent = a.agent AND s.until > (SELECT db_now())) AS running
FROM agent a WHERE a.listed

-- name: set_health
UPDATE agent SET health = $2, reason = $3, missing_tools = $4, checked_at = (SELECT db_now()) WHERE agent = $1
RETURNING (SELECT old.health FROM agent old WHERE old.agent = $1) AS was
