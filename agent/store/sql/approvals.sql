-- name: insert_approval
INSERT INTO approval (approval_id, code, task_id, revision, plan_hash, level, demand, requester, subtask_ids,
                      status, requested_at, expires_at, authors)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12)

-- name: locked_approval
SELECT 1 FROM approval WHERE approval_id = $1 FOR UPDATE

-- name: held_approval
-- The approval under this id or short code, and its task, both held until the transaction ends.
SELECT <t.task>, h.approval, h.held_at FROM hold_approval($1, $2) AS h JOIN task t ON t.task_id = h.task_id
FOR UPDATE OF t

-- name: decide_approval
-- The one statement that decides every race: the first to find it pending wins, and who comes past the
-- expiry, by the database's clock, comes too late. Withdrawing asks no clock.
UPDATE approval SET status = $2, decided_at = (SELECT db_now())
WHERE approval_id = $1 AND status = 'pending'
  AND ($2 IN ('cancelled', 'superseded') OR (expires_at > (SELECT db_now())) = ($2 <> 'expired'))

-- name: insert_vote
INSERT INTO vote (approval_id, approver, role, answer, reason, at, unauthenticated, hash_unseen, means, on_behalf_of,
                  warrant)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (approval_id, approver) DO UPDATE
SET role = excluded.role, answer = excluded.answer, reason = excluded.reason, at = excluded.at,
    unauthenticated = excluded.unauthenticated, hash_unseen = excluded.hash_unseen, means = excluded.means,
    on_behalf_of = excluded.on_behalf_of, warrant = excluded.warrant

-- name: approval
SELECT <a.approval>, (SELECT coalesce(jsonb_agg(to_jsonb(v) - 'approval_id' ORDER BY v.at), '[]') FROM vote v
             WHERE v.approval_id = a.approval_id) AS votes
FROM approval a WHERE a.approval_id = $1

-- name: find_approval
-- By its id or by its short code.
SELECT approval_id, task_id FROM approval WHERE approval_id = $1 OR code = $2

-- name: approvals_of
SELECT <a.approval>, (SELECT coalesce(jsonb_agg(to_jsonb(v) - 'approval_id' ORDER BY v.at), '[]') FROM vote v
             WHERE v.approval_id = a.approval_id) AS votes
FROM approval a WHERE a.task_id = $1 ORDER BY a.requested_at

-- name: count_pending
SELECT count(*) FROM approval WHERE status = 'pending' AND expires_at > (SELECT db_now())

-- name: pending_approvals
SELECT <a.approval>, '[]'::jsonb AS votes, t.title FROM approval a JOIN task t USING (task_id)
WHERE a.status = 'pending' AND a.expires_at > (SELECT db_now())
  AND t.status NOT IN ('completed', 'failed', 'cancelled')
  AND ($1::timestamptz IS NULL OR (a.expires_at, a.approval_id) > ($1, $2))
ORDER BY a.expires_at, a.approval_id
LIMIT $3

-- name: overdue
-- Whose time is up and nobody has said so yet.
SELECT task_id FROM approval WHERE status = 'pending' AND expires_at <= (SELECT db_now()) LIMIT 100
