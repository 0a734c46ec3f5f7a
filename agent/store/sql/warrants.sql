-- name: insert_delegation
INSERT INTO delegation (delegation_id, delegator, delegate, roles, reason, starts_at, until, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: insert_preapproval
INSERT INTO preapproval (preapproval_id, kind, "like", level, vote, created_at, until)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: revoke_delegation
UPDATE delegation SET revoked_at = (SELECT db_now()), revoked_by = $2
WHERE delegation_id = $1 AND revoked_at IS NULL

-- name: revoke_preapproval
UPDATE preapproval SET revoked_at = (SELECT db_now()), revoked_by = $2
WHERE preapproval_id = $1 AND revoked_at IS NULL

-- name: lent_to
-- Held against being taken back until whoever uses them has committed: then either was first.
SELECT <delegation> FROM delegation
WHERE delegate = $1 AND revoked_at IS NULL AND starts_at <= $2 AND until > $2
ORDER BY delegation_id FOR SHARE

-- name: revoked_among
SELECT delegation_id AS warrant FROM delegation WHERE delegation_id = ANY ($1) AND revoked_at IS NOT NULL
UNION ALL
SELECT preapproval_id FROM preapproval WHERE preapproval_id = ANY ($1) AND revoked_at IS NOT NULL

-- name: any_preapproval
SELECT EXISTS (SELECT FROM preapproval WHERE revoked_at IS NULL AND until > (SELECT db_now()))

-- name: preapprovals_of_kind
SELECT <preapproval> FROM preapproval WHERE kind = $1 AND revoked_at IS NULL AND until > $2
ORDER BY created_at, preapproval_id FOR SHARE

-- name: delegations
SELECT <delegation> FROM delegation WHERE revoked_at IS NULL AND until > (SELECT db_now()) ORDER BY until, delegation_id

-- name: preapprovals
SELECT <preapproval> FROM preapproval WHERE revoked_at IS NULL AND until > (SELECT db_now()) ORDER BY until, preapproval_id

-- name: delegation
SELECT <delegation> FROM delegation WHERE delegation_id = $1

-- name: preapproval
SELECT <preapproval> FROM preapproval WHERE preapproval_id = $1
