-- name: due
-- Approvals that wait and have used up half of their time (reminded) or four fifths of it (escalated), and whose
-- people were not told so yet; the later of the two, where both are due.
SELECT a.approval_id, a.task_id, a.demand, d.kind
FROM approval a
CROSS JOIN LATERAL (
    SELECT k.kind FROM (VALUES ('escalated', 0.8, 1), ('reminded', 0.5, 2)) AS k (kind, share, place)
    WHERE (SELECT db_now()) >= a.requested_at + k.share * (a.expires_at - a.requested_at)
    ORDER BY k.place LIMIT 1
) d
WHERE a.status = 'pending' AND a.expires_at > (SELECT db_now())
  AND NOT EXISTS (SELECT FROM nudge n WHERE n.approval_id = a.approval_id AND n.kind = d.kind)
ORDER BY a.expires_at LIMIT $1

-- name: nudge
INSERT INTO nudge (approval_id, kind, at)
SELECT $1, $2, (SELECT db_now()) WHERE EXISTS (SELECT FROM approval WHERE approval_id = $1 AND status = 'pending')
ON CONFLICT DO NOTHING RETURNING kind
