-- What a batch costs however small it is, which is what a successor waits for behind its predecessor. As 0013 has it, but starts and
-- ends move subtasks together, and free slots are found in the order in which they are numbered instead of sorted for it.
CREATE OR REPLACE FUNCTION write_steps_at_once(
    by_worker int, batch bigint, actor text, held jsonb,
    end_tasks text[], end_nodes text[], end_numbers int[], end_agents text[], end_outputs text[], end_costs float8[],
    end_facts text[],
    free_tasks text[], free_nodes text[], free_attempts int[], free_agents text[], free_numbers int[],
    start_tasks text[], start_nodes text[], start_was text[], start_numbers int[], start_epochs bigint[],
    start_agents text[], start_keys text[], start_timeouts float8[], start_facts text[],
    start_slots int[], from_tasks text[], from_nodes text[], from_attempts int[],
    artifacts jsonb, turns jsonb,
    OUT refused boolean, OUT slots int[], OUT turn boolean)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
    now timestamptz := db_now();
    passed bigint;
    asked bigint;
    done bigint;
BEGIN
    SELECT count(*) INTO done FROM held_steps(by_worker, held);
    refused := done <> jsonb_array_length(held)
        OR EXISTS (SELECT FROM slot_wait WHERE agent = ANY (start_agents));
    IF refused THEN
        RETURN;
    END IF;
    asked := cardinality(array_positions(start_slots, 0));
    passed := cardinality(start_slots) - asked - cardinality(array_positions(start_slots, NULL));
    IF passed > 0 THEN
        UPDATE slot s SET task_id = p.task_id, subtask_id = p.subtask_id, attempt = p.number,
            until = now + p.timeout_s * interval '1 second'
        FROM unnest(start_tasks, start_nodes, start_numbers, start_agents, start_timeouts,
                    start_slots, from_tasks, from_nodes, from_attempts)
             AS p (task_id, subtask_id, number, agent, timeout_s, slot, from_task, from_node, from_attempt)
        WHERE p.slot > 0 AND s.agent = p.agent AND s.number = p.slot
          AND s.task_id = p.from_task AND s.subtask_id = p.from_node AND s.attempt = p.from_attempt;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> passed THEN
            RAISE EXCEPTION 'a slot was not as its runner knew it' USING ERRCODE = 'OR001';
        END IF;
    END IF;
    IF cardinality(free_tasks) > 0 THEN
        UPDATE slot s SET task_id = NULL, subtask_id = NULL, attempt = NULL, until = NULL
        FROM unnest(free_tasks, free_nodes, free_attempts, free_agents, free_numbers)
             AS f (task_id, subtask_id, attempt, agent, number)
        WHERE s.agent = f.agent AND s.number = f.number
          AND s.task_id = f.task_id AND s.subtask_id = f.subtask_id AND s.attempt = f.attempt;
        turn := EXISTS (SELECT FROM slot_wait WHERE agent = ANY (free_agents));
    END IF;
    IF asked > 0 THEN
        WITH asking AS (
            SELECT *, row_number() OVER (PARTITION BY agent ORDER BY place) AS turn
            FROM unnest(start_tasks, start_nodes, start_numbers, start_agents, start_timeouts, start_slots)
                 WITH ORDINALITY AS a (task_id, subtask_id, attempt, agent, timeout_s, slot, place)
            WHERE slot = 0
        ), free AS MATERIALIZED (
            SELECT w.agent, ARRAY(
                SELECT s.number FROM slot s
                WHERE s.agent = w.agent AND (s.task_id IS NULL OR (s.until < now AND NOT slot_in_use(s.task_id, s.subtask_id, s.attempt)))
                ORDER BY s.number LIMIT w.wanted FOR UPDATE SKIP LOCKED
            ) AS numbers
            FROM (SELECT agent, count(*) AS wanted FROM asking GROUP BY agent) AS w
        ), taken AS (
            UPDATE slot s SET task_id = a.task_id, subtask_id = a.subtask_id, attempt = a.attempt,
                until = now + a.timeout_s * interval '1 second'
            FROM (SELECT a.*, n.numbers[a.turn] AS given FROM asking a JOIN free n USING (agent)) AS a
            WHERE s.agent = a.agent AND s.number = a.given
            RETURNING a.place, s.number
        )
        SELECT array_agg(number ORDER BY place) INTO slots FROM taken;
        IF coalesce(cardinality(slots), 0) <> asked THEN
            RAISE EXCEPTION 'there are fewer slots than were asked for' USING ERRCODE = 'OR001';
        END IF;
    END IF;
    UPDATE progress p SET
        state = m.state, attempt = m.number, agent = m.agent, next_at = NULL, error = NULL, question = NULL,
        outputs = coalesce(m.outputs::jsonb, p.outputs),
        started_at = CASE WHEN m.state = 'running' THEN now ELSE p.started_at END,
        ended_at = CASE WHEN m.state = 'completed' THEN now END
    FROM (
        SELECT task_id, subtask_id, 'running' AS was, number AS was_attempt, 'completed' AS state, number, agent, outputs
        FROM unnest(end_tasks, end_nodes, end_numbers, end_agents, end_outputs)
             AS e (task_id, subtask_id, number, agent, outputs)
        UNION ALL
        SELECT task_id, subtask_id, was, number - 1, 'running', number, agent, NULL
        FROM unnest(start_tasks, start_nodes, start_was, start_numbers, start_agents)
             AS s (task_id, subtask_id, was, number, agent)
    ) AS m
    WHERE p.task_id = m.task_id AND p.subtask_id = m.subtask_id AND p.state = m.was AND p.attempt = m.was_attempt;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done <> coalesce(cardinality(end_tasks), 0) + coalesce(cardinality(start_tasks), 0) THEN
        RAISE EXCEPTION 'a subtask was not as its runner knew it' USING ERRCODE = 'OR001';
    END IF;
    IF cardinality(end_tasks) > 0 THEN
        UPDATE attempt a SET state = 'completed', ended_at = now, error = NULL, cost_usd = e.cost_usd
        FROM unnest(end_tasks, end_nodes, end_numbers, end_costs) AS e (task_id, subtask_id, number, cost_usd)
        WHERE a.task_id = e.task_id AND a.subtask_id = e.subtask_id AND a.number = e.number AND a.state = 'running';
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> cardinality(end_tasks) THEN
            RAISE EXCEPTION 'an attempt was not as its runner knew it' USING ERRCODE = 'OR001';
        END IF;
    END IF;
    IF cardinality(start_tasks) > 0 THEN
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
    PERFORM pg_advisory_xact_lock(7233, 1);
    now := db_now();
    -- Ends before starts: whoever reads the log must never count more at once than there are slots. And what a task comes to
    -- behind its ends, and before what starts because it runs.
    IF cardinality(end_tasks) > 0 THEN
        INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
        SELECT nextval('event_seq'), now, write_steps_at_once.actor, 'subtask_completed', f.task_id, f.subtask_id, f.data::jsonb
        FROM unnest(end_tasks, end_nodes, end_facts) WITH ORDINALITY AS f (task_id, subtask_id, data, place)
        ORDER BY f.place;
    END IF;
    IF turns IS NOT NULL THEN
        INSERT INTO event (seq, at, actor, kind, task_id, data)
        SELECT nextval('event_seq'), now, write_steps_at_once.actor, n.kind, n.task_id, n.fact
        FROM jsonb_to_recordset(turns) AS n (kind text, task_id text, fact jsonb);
    END IF;
    IF cardinality(start_tasks) > 0 THEN
        INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
        SELECT nextval('event_seq'), now, write_steps_at_once.actor, 'subtask_started', f.task_id, f.subtask_id, f.data::jsonb
        FROM unnest(start_tasks, start_nodes, start_facts) WITH ORDINALITY AS f (task_id, subtask_id, data, place)
        ORDER BY f.place;
    END IF;
    PERFORM pg_notify('orchestrator_events', '');
END
$$;
