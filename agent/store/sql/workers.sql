-- name: enlist
INSERT INTO worker (name, backend_pid, started_at, beat_at, knows)
VALUES ($1, pg_backend_pid(), (SELECT db_now()), (SELECT db_now()), $2)
RETURNING worker_id

-- name: hold
SELECT pg_try_advisory_lock(7234, $1)

-- name: renew
UPDATE worker SET backend_pid = pg_backend_pid(), beat_at = (SELECT db_now()) WHERE worker_id = $1 RETURNING last_batch

-- name: beat
UPDATE worker SET beat_at = (SELECT db_now()) WHERE worker_id = $1

-- name: retire
DELETE FROM worker WHERE worker_id = $1

-- name: keep_house
-- One worker at a time sees to what others left; the rest have nothing to do meanwhile. Whoever freezes over it is cut off,
-- for until then nobody would take over from anybody.
SELECT pg_try_advisory_xact_lock(7235, 1), set_config('idle_in_transaction_session_timeout', '4s', true)

-- name: beats
SELECT worker_id, beat_at FROM worker

-- name: end_frozen
-- A holder that does not beat is frozen: ending its session frees its lock and keeps it from writing.
SELECT w.worker_id, pg_terminate_backend(w.backend_pid) AS ended FROM worker w
WHERE w.worker_id <> $1 AND (w.worker_id, w.beat_at) IN (SELECT * FROM unnest($2::int[], $3::timestamptz[]))
  AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = w.backend_pid AND l.locktype = 'advisory' AND l.classid = 7234
              AND l.objid = w.worker_id)

-- name: bury
-- A worker whose session is gone has dropped its lock.
DELETE FROM worker w
WHERE w.worker_id <> $1 AND NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = 7234 AND l.objid = w.worker_id AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
RETURNING worker_id

-- name: orphan_tasks
-- Taken from the dead, with a new epoch so that nothing of theirs is written any more. One that waits for people, with
-- nothing left running, keeps its timer.
UPDATE task SET owner = NULL, epoch = epoch + 1, wake_at = CASE
    WHEN status IN ('approval_pending', 'rejected', 'expired')
         AND (SELECT true FROM progress p WHERE p.task_id = task.task_id AND p.state = 'running' LIMIT 1) IS NULL
    THEN wake_at ELSE (SELECT db_now()) END
WHERE task_id = ANY (
    SELECT task_id FROM task t
    WHERE owner IS NOT NULL AND NOT EXISTS (SELECT FROM worker w WHERE w.worker_id = t.owner)
    ORDER BY task_id FOR UPDATE)
RETURNING task_id, priority, due_at

-- name: changed
SELECT task_id, version FROM task WHERE owner = $1

-- name: unticketed
-- Tasks that somebody should look at now, and for which no ticket lies in the queue that is due, nor in the hands of somebody
-- who lives. Those that the queue holds back are looked at when it lets them.
SELECT t.task_id, t.priority, t.due_at FROM task t
WHERE t.owner IS NULL AND t.wake_at <= (SELECT db_now()) - $1::interval
  AND (t.status NOT IN ('planned', 'running') OR (SELECT NOT paused AND max_concurrent IS NULL FROM queue))
  AND NOT EXISTS (SELECT FROM pgqueuer q WHERE q.entrypoint = 'advance' AND q.payload = convert_to(t.task_id, 'UTF8')
                  AND (q.status = 'queued' AND q.execute_after <= now()
                       OR q.status = 'picked' AND q.heartbeat > now() - interval '2 seconds'))
ORDER BY t.priority, t.due_at NULLS LAST, t.wake_at
LIMIT $2

-- name: recall_tasks
-- What is to go on by itself within a minute waits for hours where the clock was put back: it goes on now.
UPDATE task SET wake_at = (SELECT db_now())
WHERE task_id = ANY (
    SELECT task_id FROM task
    WHERE owner IS NULL AND wake_at > (SELECT db_now()) + $1::interval
      AND status IN ('planning', 'running', 'pausing', 'cancelling')
    ORDER BY task_id FOR UPDATE SKIP LOCKED)

-- name: recall_slots
-- A slot is held no longer than its attempt may take.
UPDATE slot s SET until = (SELECT db_now()) + (a.deadline - a.started_at) FROM attempt a
WHERE a.task_id = s.task_id AND a.subtask_id = s.subtask_id AND a.number = s.attempt
  AND s.until > (SELECT db_now()) + (a.deadline - a.started_at)

-- name: recall_deliveries
UPDATE delivery SET next_at = (SELECT db_now()), claimed_until = NULL
WHERE state = 'waiting' AND next_at > (SELECT db_now()) + $1::interval

-- name: slot_turns
-- For each agent that has a free slot, the first who wait for it: as many as there are free slots.
SELECT DISTINCT t.task_id, t.owner FROM (SELECT DISTINCT agent FROM slot_wait) AS wanted,
LATERAL (
    SELECT task_id FROM slot_wait WHERE agent = wanted.agent ORDER BY priority, due_at, since
    LIMIT (SELECT count(*) FROM slot s WHERE s.agent = wanted.agent
           AND (s.task_id IS NULL OR (s.until < (SELECT db_now()) AND NOT slot_in_use(s.task_id, s.subtask_id, s.attempt))))
) AS w
JOIN task t USING (task_id)

-- name: wake
-- Those that nobody owns and nobody has woken yet.
UPDATE task SET wake_at = (SELECT db_now())
WHERE task_id = ANY (
    SELECT task_id FROM task
    WHERE task_id = ANY ($1) AND owner IS NULL AND (wake_at IS NULL OR wake_at > (SELECT db_now()))
    ORDER BY task_id FOR UPDATE)
RETURNING task_id, priority, due_at

-- name: owned
SELECT task_id, epoch FROM task WHERE owner = $1

-- name: let_go
-- Tasks whose runner broke off: they may not be kept from others.
UPDATE task SET owner = NULL, epoch = epoch + 1, wake_at = (SELECT db_now()) + $3::interval
WHERE task_id = ANY (
    SELECT t.task_id FROM task t JOIN jsonb_to_recordset($2) AS l (task_id text, epoch bigint) USING (task_id, epoch)
    WHERE t.owner = $1
    ORDER BY t.task_id FOR NO KEY UPDATE OF t)
RETURNING task_id
