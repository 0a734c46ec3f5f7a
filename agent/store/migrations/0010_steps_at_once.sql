-- Writes the plain steps of a batch in one round trip: attempts that begin, attempts that ended well, tasks that run or are
-- done. Nothing of it is written, and the answer says why, where a step was overtaken or a slot is not to be had at once; the
-- long way (`steps.sql`) then finds out whose. Facts go last, behind the lock that orders the log (ADR 0003).
CREATE FUNCTION write_steps_at_once(
    by_worker int, batch bigint, actor text,
    held_tasks text[], held_epochs bigint[], held_versions bigint[],
    end_tasks text[], end_nodes text[], end_numbers int[], end_agents text[], end_outputs text[], end_costs float8[],
    free_agents text[], free_numbers int[], free_tasks text[], free_nodes text[], free_attempts int[],
    pass_agents text[], pass_numbers int[], pass_tasks text[], pass_nodes text[], pass_attempts int[],
    pass_to_tasks text[], pass_to_nodes text[], pass_to_attempts int[], pass_timeouts float8[],
    ask_agents text[], ask_tasks text[], ask_nodes text[], ask_attempts int[], ask_timeouts float8[],
    start_tasks text[], start_nodes text[], start_was text[], start_was_attempts int[], start_numbers int[],
    start_epochs bigint[], start_agents text[], start_keys text[], start_timeouts float8[],
    artifacts jsonb, turns jsonb,
    fact_kinds text[], fact_tasks text[], fact_nodes text[], fact_data text[],
    OUT refused text, OUT slots int[], OUT turn boolean)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
    now timestamptz;
    done bigint;
BEGIN
    PERFORM FROM task t JOIN unnest(held_tasks, held_epochs, held_versions) AS h (task_id, epoch, version) USING (task_id)
    WHERE t.owner = by_worker AND t.epoch = h.epoch AND t.version = h.version
    ORDER BY t.task_id FOR NO KEY UPDATE OF t;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done <> cardinality(held_tasks) THEN
        refused := 'overtaken';
        RETURN;
    END IF;
    IF cardinality(ask_tasks) + cardinality(pass_tasks) > 0
       AND EXISTS (SELECT FROM slot_wait WHERE agent = ANY (ask_agents || pass_agents)) THEN
        refused := 'line';
        RETURN;
    END IF;
    now := db_now();
    IF cardinality(pass_tasks) > 0 THEN
        UPDATE slot s SET task_id = p.to_task, subtask_id = p.to_node, attempt = p.to_attempt,
            until = now + p.timeout_s * interval '1 second'
        FROM unnest(pass_agents, pass_numbers, pass_tasks, pass_nodes, pass_attempts,
                    pass_to_tasks, pass_to_nodes, pass_to_attempts, pass_timeouts)
             AS p (agent, number, task_id, subtask_id, attempt, to_task, to_node, to_attempt, timeout_s)
        WHERE s.agent = p.agent AND s.number = p.number
          AND s.task_id = p.task_id AND s.subtask_id = p.subtask_id AND s.attempt = p.attempt;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> cardinality(pass_tasks) THEN
            RAISE EXCEPTION 'a slot was not as its runner knew it' USING ERRCODE = 'OR001';
        END IF;
    END IF;
    IF cardinality(free_tasks) > 0 THEN
        UPDATE slot s SET task_id = NULL, subtask_id = NULL, attempt = NULL, until = NULL
        FROM unnest(free_agents, free_numbers, free_tasks, free_nodes, free_attempts)
             AS f (agent, number, task_id, subtask_id, attempt)
        WHERE s.agent = f.agent AND s.number = f.number
          AND s.task_id = f.task_id AND s.subtask_id = f.subtask_id AND s.attempt = f.attempt;
        turn := EXISTS (SELECT FROM slot_wait WHERE agent = ANY (free_agents));
    END IF;
    IF cardinality(ask_tasks) > 0 THEN
        WITH asked AS (
            SELECT *, row_number() OVER (PARTITION BY agent ORDER BY place) AS turn
            FROM unnest(ask_agents, ask_tasks, ask_nodes, ask_attempts, ask_timeouts) WITH ORDINALITY
                 AS a (agent, task_id, subtask_id, attempt, timeout_s, place)
        ), free AS MATERIALIZED (
            SELECT f.agent, f.number FROM (SELECT agent, count(*) AS wanted FROM asked GROUP BY agent) AS w,
            LATERAL (
                SELECT s.agent, s.number FROM slot s
                WHERE s.agent = w.agent AND (s.task_id IS NULL OR s.until < now)
                ORDER BY s.number LIMIT w.wanted FOR UPDATE SKIP LOCKED
            ) AS f
        ), taken AS (
            UPDATE slot s SET task_id = a.task_id, subtask_id = a.subtask_id, attempt = a.attempt,
                until = now + a.timeout_s * interval '1 second'
            FROM asked a
            JOIN (SELECT *, row_number() OVER (PARTITION BY agent ORDER BY number) AS turn FROM free) AS f USING (agent, turn)
            WHERE s.agent = f.agent AND s.number = f.number
            RETURNING a.place, s.number
        )
        SELECT array_agg(number ORDER BY place) INTO slots FROM taken;
        IF coalesce(cardinality(slots), 0) <> cardinality(ask_tasks) THEN
            RAISE EXCEPTION 'there are fewer slots than were asked for' USING ERRCODE = 'OR001';
        END IF;
    END IF;
    IF cardinality(end_tasks) > 0 THEN
        UPDATE progress p SET state = 'completed', agent = e.agent, next_at = NULL,
            outputs = coalesce(e.outputs::jsonb, p.outputs), error = NULL, question = NULL, ended_at = now
        FROM unnest(end_tasks, end_nodes, end_numbers, end_agents, end_outputs)
             AS e (task_id, subtask_id, number, agent, outputs)
        WHERE p.task_id = e.task_id AND p.subtask_id = e.subtask_id AND p.state = 'running' AND p.attempt = e.number;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> cardinality(end_tasks) THEN
            RAISE EXCEPTION 'a subtask was not as its runner knew it' USING ERRCODE = 'OR001';
        END IF;
        UPDATE attempt a SET state = 'completed', ended_at = now, error = NULL, cost_usd = e.cost_usd
        FROM unnest(end_tasks, end_nodes, end_numbers, end_costs) AS e (task_id, subtask_id, number, cost_usd)
        WHERE a.task_id = e.task_id AND a.subtask_id = e.subtask_id AND a.number = e.number AND a.state = 'running';
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> cardinality(end_tasks) THEN
            RAISE EXCEPTION 'an attempt was not as its runner knew it' USING ERRCODE = 'OR001';
        END IF;
    END IF;
    IF cardinality(start_tasks) > 0 THEN
        UPDATE progress p SET state = 'running', attempt = s.number, agent = s.agent, next_at = NULL, error = NULL,
            question = NULL, started_at = now, ended_at = NULL
        FROM unnest(start_tasks, start_nodes, start_was, start_was_attempts, start_numbers, start_agents)
             AS s (task_id, subtask_id, was, was_attempt, number, agent)
        WHERE p.task_id = s.task_id AND p.subtask_id = s.subtask_id AND p.state = s.was AND p.attempt = s.was_attempt;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> cardinality(start_tasks) THEN
            RAISE EXCEPTION 'a subtask was not as its runner knew it' USING ERRCODE = 'OR001';
        END IF;
        INSERT INTO attempt (task_id, subtask_id, number, epoch, agent, key, state, started_at, deadline)
        SELECT s.task_id, s.subtask_id, s.number, s.epoch, s.agent, s.key, 'running', now,
               now + s.timeout_s * interval '1 second'
        FROM unnest(start_tasks, start_nodes, start_numbers, start_epochs, start_agents, start_keys, start_timeouts)
             AS s (task_id, subtask_id, number, epoch, agent, key, timeout_s);
    END IF;
    IF artifacts IS NOT NULL THEN
        INSERT INTO artifact (task_id, subtask_id, attempt, name, uri, media_type, size, digest, at)
        SELECT k.*, now FROM jsonb_to_recordset(artifacts) AS k (
            task_id text, subtask_id text, attempt int, name text, uri text, media_type text, size bigint, digest text);
    END IF;
    IF turns IS NOT NULL THEN
        UPDATE task t SET
            status = n.status, needs_review = n.needs_review, reason = n.reason, checkpoints = n.checkpoints,
            started_at = coalesce(t.started_at, CASE WHEN n.status = 'running' THEN now END),
            ended_at = CASE WHEN n.status = 'completed' THEN now END,
            owner = CASE WHEN n.release THEN NULL ELSE t.owner END,
            wake_at = CASE WHEN n.release THEN NULL ELSE t.wake_at END
        FROM jsonb_to_recordset(turns) AS n (
            task_id text, status text, needs_review boolean, reason text, checkpoints text[], release boolean)
        WHERE t.task_id = n.task_id;
    END IF;
    UPDATE worker SET last_batch = batch WHERE worker_id = by_worker;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'worker % was given up for dead', by_worker USING ERRCODE = 'OR001';
    END IF;
    IF cardinality(fact_kinds) > 0 THEN
        PERFORM pg_advisory_xact_lock(7233, 1);
        INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
        SELECT nextval('event_seq'), (SELECT db_now()), write_steps_at_once.actor, f.kind, f.task_id, f.subtask_id, f.data::jsonb
        FROM unnest(fact_kinds, fact_tasks, fact_nodes, fact_data) WITH ORDINALITY AS f (kind, task_id, subtask_id, data, place)
        ORDER BY f.place;
        PERFORM pg_notify('orchestrator_events', '');
    END IF;
END
$$;
