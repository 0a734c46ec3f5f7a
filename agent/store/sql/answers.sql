-- name: use_link
INSERT INTO used_link (use_id, approval_id, answer, at) VALUES ($1, $2, $3, (SELECT db_now()))
ON CONFLICT DO NOTHING RETURNING use_id

-- name: give_link_back
DELETE FROM used_link WHERE use_id = $1

-- name: link_used
SELECT answer, at FROM used_link WHERE use_id = $1

-- name: hear
-- A call whose hearing broke off is heard again, when its sender repeats it.
INSERT INTO heard AS h (source, id, at) VALUES ($1, $2, (SELECT db_now()))
ON CONFLICT (source, id) DO UPDATE SET at = excluded.at
WHERE h.at < excluded.at - interval '30 s'
  AND NOT EXISTS (SELECT FROM heard d WHERE d.source = h.source || ' done' AND d.id = h.id)
RETURNING id

-- name: heard_out
INSERT INTO heard (source, id, at) VALUES ($1 || ' done', $2, (SELECT db_now())) ON CONFLICT DO NOTHING

-- name: unhear
DELETE FROM heard WHERE source = $1 AND id = $2

-- name: forget_heard
DELETE FROM heard WHERE at < (SELECT db_now()) - interval '30 days'
