CREATE FUNCTION public.append_events(actor text, facts jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    last bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7233, 1);
    WITH added AS (
        INSERT INTO event (seq, at, actor, kind, task_id, subtask_id, data)
        SELECT nextval('event_seq'), (SELECT db_now()), append_events.actor,
               f ->> 'kind', f ->> 'task_id', f ->> 'subtask_id', f - '{kind,task_id,subtask_id}'::text[]
        FROM jsonb_array_elements(facts) WITH ORDINALITY AS each (f, place)
        ORDER BY place
        RETURNING seq
    )
    SELECT max(seq) INTO last FROM added;
    PERFORM pg_notify('orchestrator_events', '');
    RETURN last;
END
$$;

CREATE FUNCTION public.db_now() RETURNS timestamp with time zone
    LANGUAGE sql PARALLEL SAFE
    AS $$SELECT clock_timestamp() + ahead FROM clock$$;

CREATE FUNCTION public.drop_attempts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM attempt a WHERE a.task_id = OLD.task_id;
    RETURN OLD;
END
$$;

CREATE FUNCTION public.held_steps(by_worker integer, held jsonb) RETURNS SETOF text
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.task_id FROM task t
    JOIN jsonb_to_recordset(held) AS s (
        task_id text, epoch bigint, version bigint, plan_hash text, approval uuid, gated text[], anew boolean) USING (task_id)
    WHERE t.owner = by_worker AND t.epoch = s.epoch AND t.version = s.version
      AND (s.plan_hash IS NULL OR s.plan_hash = t.plan_hash)
      AND (s.approval IS NULL OR EXISTS (
          SELECT FROM approval a
          WHERE a.approval_id = s.approval AND a.plan_hash = s.plan_hash AND a.status = 'approved'
            AND a.subtask_ids @> s.gated
            AND a.expires_at > CASE WHEN s.anew THEN db_now() ELSE coalesce(t.started_at, db_now()) END))
    ORDER BY t.task_id
    FOR NO KEY UPDATE OF t;
END
$$;

CREATE FUNCTION public.hold_approval(wanted uuid, by_code text, OUT task_id text, OUT approval jsonb, OUT held_at timestamp with time zone) RETURNS SETOF record
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
DECLARE
    found uuid;
    of_task text;
BEGIN
    SELECT a.approval_id, a.task_id INTO found, of_task FROM approval a WHERE a.approval_id = wanted OR a.code = by_code;
    PERFORM FROM task t WHERE t.task_id = of_task FOR UPDATE;
    PERFORM FROM approval a WHERE a.approval_id = found FOR UPDATE;
    RETURN QUERY
    SELECT a.task_id, to_jsonb(a) || jsonb_build_object('votes', coalesce(
               (SELECT jsonb_agg(to_jsonb(v) - 'approval_id' ORDER BY v.at) FROM vote v WHERE v.approval_id = found), '[]')),
           db_now()
    FROM approval a WHERE a.approval_id = found;
END
$$;

CREATE FUNCTION public.slot_in_use(task text, node text, tried integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$SELECT EXISTS (SELECT FROM attempt a JOIN task t ON t.task_id = a.task_id
                    WHERE a.task_id = task AND a.subtask_id = node AND a.number = tried AND a.state = 'running'
                      AND t.owner IS NOT NULL)$$;

CREATE FUNCTION public.write_steps_at_once(by_worker integer, batch bigint, actor text, held jsonb, end_tasks text[], end_nodes text[], end_numbers integer[], end_agents text[], end_outputs text[], end_costs double precision[], end_facts text[], free_tasks text[], free_nodes text[], free_attempts integer[], free_agents text[], free_numbers integer[], start_tasks text[], start_nodes text[], start_was text[], start_numbers integer[], start_epochs bigint[], start_agents text[], start_keys text[], start_timeouts double precision[], start_facts text[], start_slots integer[], from_tasks text[], from_nodes text[], from_attempts integer[], artifacts jsonb, turns jsonb, OUT refused boolean, OUT slots integer[], OUT turn boolean) RETURNS record
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

CREATE TABLE public.agent (
    agent text NOT NULL COLLATE pg_catalog."C",
    card jsonb NOT NULL,
    source text NOT NULL,
    listed boolean DEFAULT true NOT NULL,
    health text DEFAULT 'unknown'::text NOT NULL,
    reason text,
    missing_tools text[] DEFAULT '{}'::text[] NOT NULL,
    checked_at timestamp with time zone,
    CONSTRAINT agent_health_check CHECK ((health = ANY (ARRAY['unknown'::text, 'healthy'::text, 'unhealthy'::text]))),
    CONSTRAINT agent_source_check CHECK ((source = ANY (ARRAY['manifest'::text, 'registered'::text])))
);

CREATE TABLE public.approval (
    approval_id uuid NOT NULL,
    code text NOT NULL,
    task_id text NOT NULL COLLATE pg_catalog."C",
    revision integer NOT NULL,
    plan_hash text NOT NULL,
    level text NOT NULL,
    demand jsonb NOT NULL,
    requester text,
    subtask_ids text[] NOT NULL,
    status text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    authors text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT approval_check CHECK (((status = 'pending'::text) = (decided_at IS NULL))),
    CONSTRAINT approval_check1 CHECK ((expires_at > requested_at)),
    CONSTRAINT approval_code_check CHECK ((code ~ '^[A-HJKMNP-Z2-9]{8}$'::text)),
    CONSTRAINT approval_level_check CHECK ((level = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT approval_plan_hash_check CHECK ((plan_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT approval_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'expired'::text, 'cancelled'::text, 'superseded'::text])))
);

CREATE TABLE public.artifact (
    artifact_id bigint NOT NULL,
    task_id text NOT NULL COLLATE pg_catalog."C",
    subtask_id text NOT NULL COLLATE pg_catalog."C",
    attempt integer NOT NULL,
    name text NOT NULL,
    uri text NOT NULL,
    media_type text NOT NULL,
    size bigint,
    digest text,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.artifact ALTER COLUMN artifact_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.artifact_artifact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.attempt (
    task_id text NOT NULL COLLATE pg_catalog."C",
    subtask_id text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    epoch bigint NOT NULL,
    agent text NOT NULL,
    key text NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    deadline timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    error jsonb,
    cost_usd double precision DEFAULT 0 NOT NULL,
    CONSTRAINT attempt_check CHECK (((state = 'running'::text) = (ended_at IS NULL))),
    CONSTRAINT attempt_number_check CHECK ((number > 0)),
    CONSTRAINT attempt_state_check CHECK ((state = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'timed_out'::text, 'cancelled'::text, 'unknown'::text])))
)
WITH (fillfactor='50');

CREATE TABLE public.audit_block (
    number bigint NOT NULL,
    seqs bigint[] NOT NULL,
    heads bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    key text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT audit_block_check CHECK ((octet_length(heads) = (32 * cardinality(seqs)))),
    CONSTRAINT audit_block_key_check CHECK ((length(key) = 44)),
    CONSTRAINT audit_block_number_check CHECK ((number > 0)),
    CONSTRAINT audit_block_seqs_check CHECK ((cardinality(seqs) > 0))
);

CREATE TABLE public.clock (
    only_row boolean DEFAULT true NOT NULL,
    ahead interval DEFAULT '00:00:00'::interval NOT NULL,
    CONSTRAINT clock_only_row_check CHECK (only_row)
);

CREATE TABLE public.delegation (
    delegation_id uuid NOT NULL,
    delegator text NOT NULL,
    delegate text NOT NULL,
    roles text[] NOT NULL,
    reason text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    CONSTRAINT delegation_check CHECK ((delegator <> delegate)),
    CONSTRAINT delegation_check1 CHECK (((until > starts_at) AND (until <= (created_at + '30 days'::interval)))),
    CONSTRAINT delegation_check2 CHECK (((revoked_at IS NULL) = (revoked_by IS NULL))),
    CONSTRAINT delegation_roles_check CHECK ((cardinality(roles) > 0))
);

CREATE TABLE public.delivery (
    notice_id uuid NOT NULL,
    channel text NOT NULL,
    recipient text NOT NULL,
    task_id text COLLATE pg_catalog."C",
    notice jsonb NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    give_up_at timestamp with time zone NOT NULL,
    claimed_until timestamp with time zone,
    why text,
    receipt text,
    created_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT delivery_channel_check CHECK ((channel = ANY (ARRAY['linear'::text, 'email'::text, 'webhook'::text, 'slack'::text]))),
    CONSTRAINT delivery_check CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
    CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'dead'::text])))
);

CREATE TABLE public.edge (
    task_id text NOT NULL COLLATE pg_catalog."C",
    revision integer NOT NULL,
    subtask_id text NOT NULL COLLATE pg_catalog."C",
    depends_on text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT edge_check CHECK ((subtask_id <> depends_on))
);

CREATE TABLE public.event (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    kind text NOT NULL,
    task_id text COLLATE pg_catalog."C",
    subtask_id text COLLATE pg_catalog."C",
    data jsonb NOT NULL
);

CREATE SEQUENCE public.event_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.event_seq OWNED BY public.event.seq;

CREATE TABLE public.given_plan (
    task_id text NOT NULL COLLATE pg_catalog."C",
    plan text NOT NULL
);

CREATE TABLE public.heard (
    source text NOT NULL,
    id text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.muted (
    channel text NOT NULL,
    recipient text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.nudge (
    approval_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT nudge_kind_check CHECK ((kind = ANY (ARRAY['reminded'::text, 'escalated'::text])))
);

CREATE TABLE public.plan (
    task_id text NOT NULL COLLATE pg_catalog."C",
    revision integer NOT NULL,
    plan_hash text NOT NULL,
    planner text NOT NULL,
    level text NOT NULL,
    header text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT plan_level_check CHECK ((level = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT plan_plan_hash_check CHECK ((plan_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT plan_revision_check CHECK ((revision > 0))
);

CREATE TABLE public.plan_change (
    task_id text NOT NULL COLLATE pg_catalog."C",
    revision integer NOT NULL,
    was integer NOT NULL,
    cause text NOT NULL,
    by text NOT NULL,
    comment text NOT NULL,
    target text,
    understood text[] NOT NULL,
    operations jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT plan_change_cause_check CHECK ((cause = ANY (ARRAY['changes'::text, 'edit'::text]))),
    CONSTRAINT plan_change_check CHECK ((was < revision))
);

CREATE TABLE public.preapproval (
    preapproval_id uuid NOT NULL,
    kind text NOT NULL,
    "like" uuid NOT NULL,
    level text NOT NULL,
    vote jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    CONSTRAINT preapproval_check CHECK (((until > created_at) AND (until <= (created_at + '08:00:00'::interval)))),
    CONSTRAINT preapproval_check1 CHECK (((revoked_at IS NULL) = (revoked_by IS NULL))),
    CONSTRAINT preapproval_kind_check CHECK ((kind ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT preapproval_level_check CHECK ((level = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text])))
);

CREATE TABLE public.progress (
    task_id text NOT NULL COLLATE pg_catalog."C",
    subtask_id text NOT NULL COLLATE pg_catalog."C",
    ordinal integer NOT NULL,
    state text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    attempts_allowed integer DEFAULT 3 NOT NULL,
    agent text,
    next_at timestamp with time zone,
    outputs jsonb,
    error jsonb,
    question jsonb,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT progress_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT progress_check CHECK (((state = 'blocked'::text) = (question IS NOT NULL))),
    CONSTRAINT progress_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'waiting_approval'::text, 'ready'::text, 'running'::text, 'completed'::text, 'failed'::text, 'blocked'::text, 'skipped'::text, 'cancelled'::text])))
)
WITH (fillfactor='60');

CREATE TABLE public.pruned_event (
    seq bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT pruned_event_digest_check CHECK ((octet_length(digest) = 32))
);

CREATE TABLE public.queue (
    only_row boolean DEFAULT true NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    max_concurrent integer,
    stop_on_failure boolean DEFAULT false NOT NULL,
    CONSTRAINT queue_max_concurrent_check CHECK ((max_concurrent > 0)),
    CONSTRAINT queue_only_row_check CHECK (only_row)
);

CREATE TABLE public.reader (
    name text NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT reader_seq_check CHECK ((seq >= 0))
);

CREATE TABLE public.remembered_plan (
    task_id text NOT NULL COLLATE pg_catalog."C",
    manifest_version text NOT NULL,
    request_digest text NOT NULL,
    text text,
    steps jsonb,
    edges jsonb,
    remembered_at timestamp with time zone NOT NULL,
    forgotten_at timestamp with time zone,
    CONSTRAINT remembered_plan_check CHECK (((forgotten_at IS NULL) = (text IS NOT NULL))),
    CONSTRAINT remembered_plan_check1 CHECK ((((text IS NULL) = (steps IS NULL)) AND ((text IS NULL) = (edges IS NULL))))
);

CREATE TABLE public.served (
    only_row boolean DEFAULT true NOT NULL,
    since integer DEFAULT 0 NOT NULL,
    CONSTRAINT served_only_row_check CHECK (only_row)
);

CREATE TABLE public.slot (
    agent text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    task_id text COLLATE pg_catalog."C",
    subtask_id text COLLATE pg_catalog."C",
    attempt integer,
    until timestamp with time zone,
    CONSTRAINT slot_check CHECK (((task_id IS NULL) = (until IS NULL))),
    CONSTRAINT slot_number_check CHECK ((number > 0))
)
WITH (fillfactor='40', autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='2000');

CREATE TABLE public.slot_wait (
    agent text NOT NULL COLLATE pg_catalog."C",
    task_id text NOT NULL COLLATE pg_catalog."C",
    subtask_id text NOT NULL COLLATE pg_catalog."C",
    priority smallint NOT NULL,
    due_at timestamp with time zone,
    since timestamp with time zone NOT NULL
);

CREATE TABLE public.subtask (
    task_id text NOT NULL COLLATE pg_catalog."C",
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    subtask_id text NOT NULL COLLATE pg_catalog."C",
    agent text NOT NULL,
    digest text NOT NULL,
    spec text NOT NULL,
    CONSTRAINT subtask_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT subtask_ordinal_check CHECK ((ordinal >= 0))
);

CREATE TABLE public.task (
    task_id text NOT NULL COLLATE pg_catalog."C",
    title text NOT NULL,
    request text NOT NULL,
    request_digest text NOT NULL,
    priority smallint NOT NULL,
    requester text,
    callback_url text,
    execute boolean NOT NULL,
    on_failure text NOT NULL,
    status text NOT NULL,
    needs_review boolean DEFAULT false NOT NULL,
    reason text,
    mode text DEFAULT 'auto'::text NOT NULL,
    wave_limit integer,
    checkpoints text[] DEFAULT '{}'::text[] NOT NULL,
    revision integer DEFAULT 0 NOT NULL,
    plan_hash text,
    version bigint DEFAULT 0 NOT NULL,
    epoch bigint DEFAULT 0 NOT NULL,
    owner integer,
    wake_at timestamp with time zone,
    due_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    authors text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT task_check CHECK (((revision = 0) = (plan_hash IS NULL))),
    CONSTRAINT task_check1 CHECK (((ended_at IS NOT NULL) = (status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])))),
    CONSTRAINT task_check2 CHECK (((owner IS NULL) OR (epoch > 0))),
    CONSTRAINT task_mode_check CHECK ((mode = ANY (ARRAY['auto'::text, 'manual'::text]))),
    CONSTRAINT task_on_failure_check CHECK ((on_failure = ANY (ARRAY['review'::text, 'fail'::text]))),
    CONSTRAINT task_plan_hash_check CHECK (((plan_hash ~ '^[0-9a-f]*$'::text) AND (length(plan_hash) = 64))),
    CONSTRAINT task_priority_check CHECK (((priority >= 0) AND (priority <= 3))),
    CONSTRAINT task_request_digest_check CHECK (((request_digest ~ '^[0-9a-f]*$'::text) AND (length(request_digest) = 64))),
    CONSTRAINT task_revision_check CHECK ((revision >= 0)),
    CONSTRAINT task_status_check CHECK ((status = ANY (ARRAY['planning'::text, 'approval_pending'::text, 'planned'::text, 'running'::text, 'pausing'::text, 'paused'::text, 'cancelling'::text, 'completed'::text, 'failed'::text, 'blocked'::text, 'rejected'::text, 'expired'::text, 'cancelled'::text]))),
    CONSTRAINT task_task_id_check CHECK (((task_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'::text) AND (length(task_id) <= 128))),
    CONSTRAINT task_wave_limit_check CHECK ((wave_limit >= 0))
)
WITH (fillfactor='70');

CREATE TABLE public.used_link (
    use_id text NOT NULL,
    approval_id uuid NOT NULL,
    answer text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT used_link_answer_check CHECK ((answer = ANY (ARRAY['approve'::text, 'reject'::text, 'changes'::text]))),
    CONSTRAINT used_link_use_id_check CHECK ((use_id ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.vote (
    approval_id uuid NOT NULL,
    approver text NOT NULL,
    role text NOT NULL,
    answer text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    unauthenticated boolean NOT NULL,
    hash_unseen boolean NOT NULL,
    means text DEFAULT 'role'::text NOT NULL,
    on_behalf_of text,
    warrant uuid,
    CONSTRAINT vote_answer_check CHECK ((answer = ANY (ARRAY['approve'::text, 'reject'::text, 'changes'::text]))),
    CONSTRAINT vote_approver_check CHECK ((approver <> ''::text)),
    CONSTRAINT vote_check CHECK (((means = 'delegation'::text) = (on_behalf_of IS NOT NULL))),
    CONSTRAINT vote_check1 CHECK (((means = ANY (ARRAY['delegation'::text, 'preapproval'::text])) = (warrant IS NOT NULL))),
    CONSTRAINT vote_means_check CHECK ((means = ANY (ARRAY['role'::text, 'delegation'::text, 'preapproval'::text, 'break_glass'::text])))
);

CREATE TABLE public.worker (
    worker_id integer NOT NULL,
    name text NOT NULL,
    backend_pid integer NOT NULL,
    last_batch bigint DEFAULT 0 NOT NULL,
    started_at timestamp with time zone NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    knows integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE public.worker ALTER COLUMN worker_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.worker_worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (agent);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_code_key UNIQUE (code);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (approval_id);

ALTER TABLE ONLY public.artifact
    ADD CONSTRAINT artifact_pkey PRIMARY KEY (artifact_id);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (task_id, subtask_id, number);

ALTER TABLE ONLY public.audit_block
    ADD CONSTRAINT audit_block_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.delegation
    ADD CONSTRAINT delegation_pkey PRIMARY KEY (delegation_id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (notice_id);

ALTER TABLE ONLY public.edge
    ADD CONSTRAINT edge_pkey PRIMARY KEY (task_id, revision, subtask_id, depends_on);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.given_plan
    ADD CONSTRAINT given_plan_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY public.heard
    ADD CONSTRAINT heard_pkey PRIMARY KEY (source, id);

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.muted
    ADD CONSTRAINT muted_pkey PRIMARY KEY (channel, recipient);

ALTER TABLE ONLY public.nudge
    ADD CONSTRAINT nudge_pkey PRIMARY KEY (approval_id, kind);

ALTER TABLE ONLY public.plan_change
    ADD CONSTRAINT plan_change_pkey PRIMARY KEY (task_id, revision);

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (task_id, revision);

ALTER TABLE ONLY public.preapproval
    ADD CONSTRAINT preapproval_pkey PRIMARY KEY (preapproval_id);

ALTER TABLE ONLY public.progress
    ADD CONSTRAINT progress_pkey PRIMARY KEY (task_id, subtask_id);

ALTER TABLE ONLY public.pruned_event
    ADD CONSTRAINT pruned_event_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.queue
    ADD CONSTRAINT queue_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.reader
    ADD CONSTRAINT reader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.remembered_plan
    ADD CONSTRAINT remembered_plan_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY public.served
    ADD CONSTRAINT served_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.slot
    ADD CONSTRAINT slot_pkey PRIMARY KEY (agent, number);

ALTER TABLE ONLY public.slot_wait
    ADD CONSTRAINT slot_wait_pkey PRIMARY KEY (task_id, subtask_id);

ALTER TABLE ONLY public.subtask
    ADD CONSTRAINT subtask_pkey PRIMARY KEY (task_id, revision, ordinal);

ALTER TABLE ONLY public.subtask
    ADD CONSTRAINT subtask_task_id_revision_subtask_id_key UNIQUE (task_id, revision, subtask_id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY public.used_link
    ADD CONSTRAINT used_link_pkey PRIMARY KEY (use_id);

ALTER TABLE ONLY public.vote
    ADD CONSTRAINT vote_pkey PRIMARY KEY (approval_id, approver);

ALTER TABLE ONLY public.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (worker_id);

CREATE INDEX approval_by_task ON public.approval USING btree (task_id, requested_at);

CREATE UNIQUE INDEX approval_one_pending ON public.approval USING btree (task_id) WHERE (status = 'pending'::text);

CREATE INDEX approval_queue ON public.approval USING btree (expires_at) WHERE (status = 'pending'::text);

CREATE INDEX artifact_by_task ON public.artifact USING btree (task_id, artifact_id);

CREATE INDEX attempt_begun ON public.attempt USING btree (agent, started_at DESC);

CREATE INDEX delegation_to ON public.delegation USING btree (delegate, until) WHERE (revoked_at IS NULL);

CREATE INDEX delivery_due ON public.delivery USING btree (next_at) WHERE (state = 'waiting'::text);

CREATE INDEX delivery_listed ON public.delivery USING btree (state, created_at DESC, notice_id DESC);

CREATE INDEX delivery_of ON public.delivery USING btree (task_id);

CREATE INDEX event_by_task ON public.event USING btree (task_id, seq);

CREATE INDEX heard_at ON public.heard USING btree (at);

CREATE INDEX preapproval_like ON public.preapproval USING btree ("like");

CREATE INDEX preapproval_of ON public.preapproval USING btree (kind, until) WHERE (revoked_at IS NULL);

CREATE INDEX remembered_plan_by_version ON public.remembered_plan USING btree (manifest_version, remembered_at DESC, task_id) WHERE (forgotten_at IS NULL);

CREATE INDEX slot_wait_turn ON public.slot_wait USING btree (agent, priority, due_at, since);

CREATE INDEX task_by_status ON public.task USING btree (status, created_at DESC, task_id DESC);

CREATE INDEX task_ended ON public.task USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX task_listed ON public.task USING btree (created_at DESC, task_id DESC);

CREATE INDEX task_owned ON public.task USING btree (owner) WHERE (owner IS NOT NULL);

CREATE INDEX task_wakes ON public.task USING btree (wake_at) WHERE ((owner IS NULL) AND (wake_at IS NOT NULL));

CREATE INDEX used_link_of ON public.used_link USING btree (approval_id);

CREATE TRIGGER attempts_go_along BEFORE DELETE ON public.task FOR EACH ROW EXECUTE FUNCTION public.drop_attempts();

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_task_id_revision_fkey FOREIGN KEY (task_id, revision) REFERENCES public.plan(task_id, revision) ON DELETE CASCADE;

ALTER TABLE ONLY public.artifact
    ADD CONSTRAINT artifact_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.edge
    ADD CONSTRAINT edge_task_id_revision_fkey FOREIGN KEY (task_id, revision) REFERENCES public.plan(task_id, revision) ON DELETE CASCADE;

ALTER TABLE ONLY public.given_plan
    ADD CONSTRAINT given_plan_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.nudge
    ADD CONSTRAINT nudge_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES public.approval(approval_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan_change
    ADD CONSTRAINT plan_change_task_id_revision_fkey FOREIGN KEY (task_id, revision) REFERENCES public.plan(task_id, revision) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.preapproval
    ADD CONSTRAINT preapproval_like_fkey FOREIGN KEY ("like") REFERENCES public.approval(approval_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.progress
    ADD CONSTRAINT progress_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.slot_wait
    ADD CONSTRAINT slot_wait_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subtask
    ADD CONSTRAINT subtask_task_id_revision_fkey FOREIGN KEY (task_id, revision) REFERENCES public.plan(task_id, revision) ON DELETE CASCADE;

ALTER TABLE ONLY public.used_link
    ADD CONSTRAINT used_link_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES public.approval(approval_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.vote
    ADD CONSTRAINT vote_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES public.approval(approval_id) ON DELETE CASCADE;
