-- name: last_block
SELECT number, seqs[cardinality(seqs)] AS seq, substring(heads FROM octet_length(heads) - 31) AS head
FROM audit_block ORDER BY number DESC LIMIT 1

-- name: add_block
INSERT INTO audit_block (number, seqs, heads, at, key, signature) VALUES ($1, $2, $3, $4, $5, $6)

-- name: blocks_after
SELECT number, seqs, heads, at, key, signature FROM audit_block WHERE number > $1 ORDER BY number LIMIT $2

-- name: entries_between
-- In one statement: what is pruned meanwhile is seen as it was before or as it is after, never as neither.
SELECT seq, at, actor, kind, task_id, subtask_id, data, NULL::bytea AS digest FROM event WHERE seq > $1 AND seq <= $2
UNION ALL
SELECT seq, NULL, NULL, NULL, NULL, NULL, NULL, digest FROM pruned_event WHERE seq > $1 AND seq <= $2
ORDER BY seq

-- name: entries_after
SELECT seq, at, actor, kind, task_id, subtask_id, data FROM event WHERE seq > $1 ORDER BY seq LIMIT $2

-- name: unchained
-- How many events are not in the chain yet, and for how long the oldest of them has been there.
SELECT count(*) AS entries, coalesce(extract(epoch FROM (SELECT db_now()) - min(at)), 0) AS oldest_s
FROM event WHERE seq > $1
