-- name: place
-- One herald at a time; the others look again later.
SELECT seq FROM reader WHERE name = $1 FOR UPDATE SKIP LOCKED

-- name: begin_reading
INSERT INTO reader (name, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: move_place
UPDATE reader SET seq = $2 WHERE name = $1

-- name: add
INSERT INTO delivery (notice_id, channel, recipient, task_id, notice, state, next_at, give_up_at, created_at)
SELECT d.notice_id, d.channel, d.recipient, d.task_id, d.notice, 'waiting', (SELECT db_now()), d.give_up_at, (SELECT db_now())
FROM jsonb_to_recordset($1) AS d (
    notice_id uuid, channel text, recipient text, task_id text, notice jsonb, give_up_at timestamptz)
WHERE NOT EXISTS (SELECT FROM muted m WHERE m.channel = d.channel AND m.recipient = d.recipient)
ON CONFLICT (notice_id) DO NOTHING
RETURNING notice_id

-- name: claim
-- Whoever claims it sends it; a claim that its holder did not live to settle lapses.
UPDATE delivery SET claimed_until = (SELECT db_now()) + $2::interval, attempts = attempts + 1
WHERE notice_id = $1 AND state = 'waiting' AND next_at <= (SELECT db_now())
  AND (claimed_until IS NULL OR claimed_until < (SELECT db_now()))
RETURNING notice, attempts, give_up_at

-- name: settle
UPDATE delivery SET
    state = $2, why = $3, receipt = $4, next_at = coalesce($5, next_at), claimed_until = NULL,
    settled_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE (SELECT db_now()) END
WHERE notice_id = $1

-- name: mute
INSERT INTO muted (channel, recipient, at)
SELECT channel, recipient, (SELECT db_now()) FROM delivery WHERE notice_id = $1
ON CONFLICT DO NOTHING

-- name: overdue
-- Deliveries that are due and whose ticket seems lost.
SELECT notice_id FROM delivery
WHERE state = 'waiting' AND next_at <= (SELECT db_now()) - $1::interval
  AND (claimed_until IS NULL OR claimed_until < (SELECT db_now()))
ORDER BY next_at LIMIT $2

-- name: resend
UPDATE delivery SET
    state = 'waiting', next_at = (SELECT db_now()), settled_at = NULL,
    give_up_at = greatest(give_up_at, (SELECT db_now()) + interval '1 day')
WHERE notice_id = $1 AND state = 'dead'
RETURNING notice_id

-- name: delivery
SELECT notice_id, channel, recipient, task_id, notice -> 'message' ->> 'kind' AS kind, state, attempts, next_at,
       give_up_at, why, receipt, created_at, settled_at
FROM delivery WHERE notice_id = $1

-- name: asked_by
-- The approval that a notice asked about.
SELECT notice #>> '{message,approval,approval_id}' FROM delivery WHERE notice_id = $1

-- name: page
SELECT notice_id, channel, recipient, task_id, notice -> 'message' ->> 'kind' AS kind, state, attempts, next_at,
       give_up_at, why, receipt, created_at, settled_at
FROM delivery
WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::text IS NULL OR task_id = $2)
  AND ($3::timestamptz IS NULL OR (created_at, notice_id) < ($3, $4))
ORDER BY created_at DESC, notice_id DESC LIMIT $5

-- name: standing
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
       count(*) FILTER (WHERE state = 'dead') AS dead,
       coalesce(extract(epoch FROM (SELECT db_now()) - min(created_at) FILTER (WHERE state = 'waiting')), 0) AS oldest_s
FROM delivery WHERE state <> 'sent'
