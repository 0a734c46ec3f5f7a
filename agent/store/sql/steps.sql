-- name: hold
-- The steps that may be written, by the guards that the other way has, too; held until the commit.
SELECT held_steps($1, $2) AS task_id

-- name: free_slots
-- Of attempts that end in this batch, for others of this batch to take.
UPDATE slot s SET task_id = NULL, subtask_id = NULL, attempt = NULL, until = NULL
FROM jsonb_to_recordset($1) AS e (agent text, slot int, task_id text, subtask_id text, number int)
WHERE s.agent = e.agent AND s.number = e.slot AND s.task_id = e.task_id AND s.subtask_id = e.subtask_id AND s.attempt = e.number

-- name: take_slots
-- Free slots go down the line (priority, due date, age) of the tasks that wait and those that ask now. A task stands
-- in an agent's line once: the first that it asks for has its place, the others stand behind everybody.
-- Without a subtask: tasks that do not ask just now, and whose turn it is.
WITH asked AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY agent, task_id ORDER BY place) = 1 AS leads
    FROM jsonb_to_recordset($1)
         AS a (place int, agent text, task_id text, subtask_id text, priority smallint, due_at timestamptz)
), waits AS MATERIALIZED (
    SELECT agent, task_id, min(priority) AS priority, min(due_at) AS due_at, min(since) AS since FROM slot_wait
    WHERE agent IN (SELECT agent FROM asked) GROUP BY agent, task_id
), line AS (
    SELECT a.agent, a.task_id, a.subtask_id, a.priority, a.due_at, a.place,
           CASE WHEN a.leads THEN coalesce(w.since, 'infinity') ELSE 'infinity' END AS since
    FROM asked a LEFT JOIN LATERAL (
        SELECT min(since) AS since FROM slot_wait w WHERE w.task_id = a.task_id AND w.agent = a.agent) AS w ON true
    UNION ALL
    SELECT w.agent, w.task_id, NULL, w.priority, w.due_at, 0, w.since
    FROM waits w
    WHERE (w.task_id, w.agent) NOT IN (SELECT task_id, agent FROM asked)
), turns AS (
    SELECT *, row_number() OVER (PARTITION BY agent ORDER BY priority, due_at NULLS LAST, since, place) AS turn FROM line
), free AS MATERIALIZED (
    SELECT f.agent, f.number FROM (SELECT agent, count(*) AS length FROM line GROUP BY agent) AS l,
    LATERAL (
        SELECT s.agent, s.number FROM slot s
        WHERE s.agent = l.agent
          AND (s.task_id IS NULL OR (s.until < (SELECT db_now()) AND NOT slot_in_use(s.task_id, s.subtask_id, s.attempt)))
        ORDER BY s.number LIMIT l.length FOR UPDATE SKIP LOCKED
    ) AS f
), numbered AS MATERIALIZED (
    SELECT agent, array_agg(number ORDER BY number) AS numbers FROM free GROUP BY agent
)
SELECT t.task_id, t.subtask_id, n.numbers[t.turn] AS number
FROM turns t JOIN numbered n USING (agent)
WHERE t.turn <= cardinality(n.numbers)

-- name: write
-- One statement, because its parts touch different rows and a round trip costs more than they do.
WITH once AS MATERIALIZED (
    SELECT db_now() AS at
), moved AS (
    UPDATE progress p SET
        state = m.state, attempt = m.attempt, agent = m.agent, next_at = m.next_at,
        outputs = coalesce(m.outputs, p.outputs), error = m.error, question = m.question,
        started_at = CASE WHEN m.state = 'running' THEN (SELECT at FROM once) ELSE p.started_at END,
        ended_at = CASE WHEN m.state IN ('completed', 'failed', 'skipped', 'cancelled') THEN (SELECT at FROM once) END
    FROM jsonb_to_recordset($1::jsonb -> 'moves') AS m (
        task_id text, subtask_id text, was text, was_attempt int, state text, attempt int, agent text,
        next_at timestamptz, outputs jsonb, error jsonb, question jsonb)
    WHERE p.task_id = m.task_id AND p.subtask_id = m.subtask_id AND p.state = m.was AND p.attempt = m.was_attempt
    RETURNING 1
), started AS (
    INSERT INTO attempt (task_id, subtask_id, number, epoch, agent, key, state, started_at, deadline)
    SELECT a.task_id, a.subtask_id, a.number, a.epoch, a.agent, a.key, 'running', (SELECT at FROM once),
           (SELECT at FROM once) + a.timeout_s * interval '1 second'
    FROM jsonb_to_recordset($1::jsonb -> 'starts') AS a (
        task_id text, subtask_id text, number int, epoch bigint, agent text, key text, timeout_s float8)
), taken AS (
    UPDATE slot s SET task_id = t.task_id, subtask_id = t.subtask_id, attempt = t.number,
        until = (SELECT at FROM once) + t.timeout_s * interval '1 second'
    FROM jsonb_to_recordset($1::jsonb -> 'starts') AS t (
        task_id text, subtask_id text, number int, agent text, slot int, timeout_s float8)
    WHERE s.agent = t.agent AND s.number = t.slot
), served AS (
    DELETE FROM slot_wait w
    USING jsonb_to_recordset($1::jsonb -> 'starts') AS t (task_id text, agent text)
    WHERE w.task_id = t.task_id AND w.agent = t.agent
      AND NOT EXISTS (SELECT FROM jsonb_to_recordset($1::jsonb -> 'waits') AS n (task_id text, subtask_id text)
                      WHERE n.task_id = w.task_id AND n.subtask_id = w.subtask_id)
), waiting AS (
    INSERT INTO slot_wait (agent, task_id, subtask_id, priority, due_at, since)
    SELECT w.agent, w.task_id, w.subtask_id, w.priority, w.due_at, (SELECT at FROM once)
    FROM jsonb_to_recordset($1::jsonb -> 'waits') AS w (
        agent text, task_id text, subtask_id text, priority smallint, due_at timestamptz)
    ON CONFLICT DO NOTHING
), ended AS (
    UPDATE attempt a SET state = e.state, ended_at = (SELECT at FROM once), error = e.error, cost_usd = e.cost_usd
    FROM jsonb_to_recordset($1::jsonb -> 'ends') AS e (
        task_id text, subtask_id text, number int, state text, error jsonb, cost_usd float8)
    WHERE a.task_id = e.task_id AND a.subtask_id = e.subtask_id AND a.number = e.number AND a.state = 'running'
    RETURNING 1
), freed AS (
    UPDATE slot s SET task_id = NULL, subtask_id = NULL, attempt = NULL, until = NULL
    FROM jsonb_to_recordset($1::jsonb -> 'ends') AS e (
        task_id text, subtask_id text, number int, agent text, frees boolean, slot int)
    WHERE e.frees AND s.agent = e.agent AND s.number = e.slot AND s.task_id = e.task_id AND s.subtask_id = e.subtask_id
      AND s.attempt = e.number
    RETURNING s.agent
), kept AS (
    INSERT INTO artifact (task_id, subtask_id, attempt, name, uri, media_type, size, digest, at)
    SELECT k.*, (SELECT at FROM once)
    FROM jsonb_to_recordset($1::jsonb -> 'artifacts') AS k (
        task_id text, subtask_id text, attempt int, name text, uri text, media_type text, size bigint, digest text)
), tasks AS (
    UPDATE task t SET
        status = n.status, needs_review = n.needs_review, reason = n.reason, checkpoints = n.checkpoints,
        started_at = coalesce(t.started_at, CASE WHEN n.status = 'running' THEN (SELECT at FROM once) END),
        ended_at = CASE WHEN n.status IN ('completed', 'failed', 'cancelled') THEN (SELECT at FROM once) END,
        owner = CASE WHEN n.release THEN NULL ELSE t.owner END,
        wake_at = CASE WHEN n.release THEN n.wake_at ELSE t.wake_at END
    FROM jsonb_to_recordset($1::jsonb -> 'tasks') AS n (
        task_id text, status text, needs_review boolean, reason text, checkpoints text[], release boolean,
        wake_at timestamptz)
    WHERE t.task_id = n.task_id
), marked AS (
    UPDATE worker SET last_batch = $3 WHERE worker_id = $2 RETURNING 1
)
SELECT EXISTS (SELECT FROM marked) AS marked,
       (SELECT count(*) FROM moved) AS moved,
       (SELECT count(*) FROM ended) AS ended,
       EXISTS (SELECT FROM freed f JOIN slot_wait w ON w.agent = f.agent) AS turn

-- name: at_once
-- What most steps are, without a round trip between them: nothing is decided on the way that was not decided before. Columns
-- come as text, a line a row, an empty one for null: no id and no JSON holds a line feed.
SELECT refused, slots, turn FROM write_steps_at_once(
    $1, $2, $3, $4,
    string_to_array($5, E'\n'), string_to_array($6, E'\n'), string_to_array($7, E'\n')::int[], string_to_array($8, E'\n'),
    string_to_array($9, E'\n', ''), string_to_array($10, E'\n')::float8[], string_to_array($11, E'\n'),
    string_to_array($12, E'\n'), string_to_array($13, E'\n'), string_to_array($14, E'\n')::int[],
    string_to_array($15, E'\n'), string_to_array($16, E'\n')::int[],
    string_to_array($17, E'\n'), string_to_array($18, E'\n'), string_to_array($19, E'\n'),
    string_to_array($20, E'\n')::int[], string_to_array($21, E'\n')::bigint[], string_to_array($22, E'\n'),
    string_to_array($23, E'\n'), string_to_array($24, E'\n')::float8[], string_to_array($25, E'\n'),
    string_to_array($26, E'\n', '')::int[], string_to_array($27, E'\n', ''), string_to_array($28, E'\n', ''),
    string_to_array($29, E'\n', '')::int[],
    $30, $31
)

-- name: slots_of
-- Which slots these attempts got, where the answer that told so was lost.
SELECT s.number FROM unnest($1::text[], $2::text[], $3::text[], $4::int[])
     WITH ORDINALITY AS a (agent, task_id, subtask_id, attempt, place)
JOIN slot s ON s.agent = a.agent AND s.task_id = a.task_id AND s.subtask_id = a.subtask_id AND s.attempt = a.attempt
ORDER BY a.place
