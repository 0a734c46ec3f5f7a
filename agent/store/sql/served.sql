-- name: since
SELECT since FROM served

-- name: announce
-- From now on programs that know less begin no more, and those that run leave.
UPDATE served SET since = $1 WHERE since < $1

-- name: left_behind
-- Workers that live and know less: a worker's session holds its lock for as long as it lives.
SELECT w.name FROM worker w
WHERE w.knows < $1 AND EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = 7234 AND l.objid = w.worker_id AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY w.name
