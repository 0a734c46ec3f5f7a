-- name: release
-- Sets prepared tasks going, all at once.
UPDATE task SET execute = true, wake_at = (SELECT db_now())
WHERE task_id = ANY ($1) AND status = 'planned'
RETURNING (SELECT db_now()) AS at

-- name: unfinished
SELECT count(*) FROM task WHERE task_id = ANY ($1) AND ended_at IS NULL

-- name: last_end
SELECT max(ended_at) FROM task WHERE task_id = ANY ($1)

-- name: backends
SELECT pid FROM pg_stat_activity WHERE datname = current_database() OR datname IS NULL

-- name: conditions
SELECT current_setting('server_version') AS postgres, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit

-- name: one_row
-- The least that a commit can hold.
INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
VALUES (nextval('event_seq'), clock_timestamp(), 'bench', 'bench', NULL, $1, '{}')

-- name: bare_group
-- The rows of so many starts and so many ends, and of the tasks that begin and end with them ($10, $11): in one round trip, in
-- the order of the log, and nothing that decides or guards.
WITH ordered AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(7233, 1)
), began AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS b (task_id, subtask_id, slot)
), ended AS (
    SELECT * FROM unnest($4::text[], $5::text[], $6::int[]) AS e (task_id, subtask_id, slot)
), moved AS (
    UPDATE progress p SET state = 'running', attempt = 1, agent = $7, started_at = clock_timestamp()
    FROM began b WHERE p.task_id = b.task_id AND p.subtask_id = b.subtask_id
), done AS (
    UPDATE progress p SET state = 'completed', outputs = $8, ended_at = clock_timestamp()
    FROM ended e WHERE p.task_id = e.task_id AND p.subtask_id = e.subtask_id
), attempts AS (
    INSERT INTO attempt (task_id, subtask_id, number, epoch, agent, key, state, started_at, deadline)
    SELECT task_id, subtask_id, 1, 1, $7, subtask_id, 'running', clock_timestamp(), clock_timestamp() FROM began
), closed AS (
    UPDATE attempt a SET state = 'completed', ended_at = clock_timestamp()
    FROM ended e WHERE a.task_id = e.task_id AND a.subtask_id = e.subtask_id AND a.number = 1
), taken AS (
    UPDATE slot s SET task_id = b.task_id, subtask_id = b.subtask_id, attempt = 1, until = clock_timestamp()
    FROM began b WHERE s.agent = $7 AND s.number = b.slot
), freed AS (
    UPDATE slot s SET task_id = NULL, subtask_id = NULL, attempt = NULL, until = NULL
    FROM ended e WHERE s.agent = $7 AND s.number = e.slot
), opened AS (
    UPDATE task SET status = 'running', owner = 1, epoch = epoch + 1, started_at = clock_timestamp() WHERE task_id = ANY ($10)
), done_with AS (
    UPDATE task SET status = 'completed', owner = NULL, ended_at = clock_timestamp() WHERE task_id = ANY ($11)
), logged AS (
    INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
    SELECT nextval('event_seq'), clock_timestamp(), 'bench', kind, task_id, subtask_id, $9
    FROM (SELECT 'subtask_completed' AS kind, task_id, subtask_id FROM ended
          UNION ALL SELECT 'task_completed', task_id, NULL FROM unnest($11::text[]) AS c (task_id)
          UNION ALL SELECT 'task_running', task_id, NULL FROM unnest($10::text[]) AS o (task_id)
          UNION ALL SELECT 'subtask_started', task_id, subtask_id FROM began) AS facts, ordered
    RETURNING 1
)
SELECT pg_notify('orchestrator_events', '') FROM (SELECT count(*) FROM logged) AS told

-- name: copy_tasks
-- What these tasks left behind, again under other names: one statement a table, numbers $2 to $3.
INSERT INTO task (task_id, title, request, request_digest, priority, requester, execute, on_failure, status, revision,
                  plan_hash, version, epoch, created_at, started_at, ended_at, authors)
SELECT task_id || '-' || n, title, request, request_digest, priority, requester, execute, on_failure, status, revision,
       plan_hash, version, epoch, created_at, started_at, ended_at, authors
FROM task, generate_series($2::int, $3::int) AS n WHERE task_id = ANY ($1)

-- name: copy_plans
INSERT INTO plan (task_id, revision, plan_hash, planner, level, header, created_at)
SELECT task_id || '-' || n, revision, plan_hash, planner, level, header, created_at
FROM plan, generate_series($2::int, $3::int) AS n WHERE task_id = ANY ($1)

-- name: copy_subtasks
INSERT INTO subtask (task_id, revision, ordinal, subtask_id, agent, digest, spec)
SELECT task_id || '-' || n, revision, ordinal, replace(subtask_id, task_id, task_id || '-' || n), agent, digest, spec
FROM subtask, generate_series($2::int, $3::int) AS n WHERE task_id = ANY ($1)

-- name: copy_edges
INSERT INTO edge (task_id, revision, subtask_id, depends_on, kind, reason)
SELECT task_id || '-' || n, revision, replace(subtask_id, task_id, task_id || '-' || n),
       replace(depends_on, task_id, task_id || '-' || n), kind, reason
FROM edge, generate_series($2::int, $3::int) AS n WHERE task_id = ANY ($1)

-- name: copy_progress
INSERT INTO progress (task_id, subtask_id, ordinal, state, attempt, attempts_allowed, agent, outputs, started_at, ended_at)
SELECT task_id || '-' || n, replace(subtask_id, task_id, task_id || '-' || n), ordinal, state, attempt, attempts_allowed,
       agent, outputs, started_at, ended_at
FROM progress, generate_series($2::int, $3::int) AS n WHERE task_id = ANY ($1)

-- name: copy_attempts
INSERT INTO attempt (task_id, subtask_id, number, epoch, agent, key, state, started_at, deadline, ended_at, cost_usd)
SELECT task_id || '-' || n, replace(subtask_id, task_id, task_id || '-' || n), number, epoch, agent,
       replace(key, task_id, task_id || '-' || n), state, started_at, deadline, ended_at, cost_usd
FROM attempt, generate_series($2::int, $3::int) AS n WHERE task_id = ANY ($1)

-- name: copy_events
INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
SELECT nextval('event_seq'), at, actor, kind, task_id || '-' || n, replace(subtask_id, task_id, task_id || '-' || n), data
FROM (SELECT e.*, n FROM event e, generate_series($2::int, $3::int) AS n
      WHERE task_id = ANY ($1) ORDER BY n, seq) AS told

-- name: copy_blocks
-- The chain over what was copied, as large as it would be; nobody checks it.
INSERT INTO audit_block (number, seqs, heads, at, key, signature)
SELECT last.number + c.number, c.seqs, c.heads, last.at, last.key, last.signature
FROM (SELECT * FROM audit_block ORDER BY number DESC LIMIT 1) AS last,
     (SELECT 1 + place / 500 AS number, array_agg(seq ORDER BY seq) AS seqs,
             string_agg(sha256(convert_to(seq::text, 'UTF8')), '' ORDER BY seq) AS heads
      FROM (SELECT seq, row_number() OVER (ORDER BY seq) - 1 AS place FROM event
            WHERE seq > (SELECT seqs[cardinality(seqs)] FROM audit_block ORDER BY number DESC LIMIT 1)) AS new
      GROUP BY place / 500) AS c

-- name: read_to_the_end
UPDATE reader SET seq = (SELECT max(seq) FROM event)

-- name: chaining
SELECT EXISTS (SELECT FROM audit_block)

-- name: sizes
-- Bytes of each table and of each of its indexes.
SELECT c.relname AS name, pg_relation_size(c.oid) + coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 1e6
ORDER BY 2 DESC

-- name: written
SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes
