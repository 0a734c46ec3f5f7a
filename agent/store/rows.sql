-- What is read of a row as a whole, by name: a column that a later version adds beside them reaches nobody who does not
-- know it, and spoils no statement that was prepared before. `<task>` in a query stands for the columns of `task` here,
-- `<t.task>` for those of the alias `t`.

-- name: task
task_id, title, priority, requester, authors, request_digest, status, needs_review, execute, on_failure, mode, wave_limit,
checkpoints, revision, plan_hash, version, epoch, owner, wake_at, reason, callback_url, due_at, created_at, started_at, ended_at

-- name: progress
subtask_id, state, attempt, attempts_allowed, agent, next_at, outputs, error, question, started_at, ended_at

-- name: attempt
task_id, subtask_id, number, epoch, agent, key, state, started_at, deadline, ended_at, error, cost_usd

-- name: artifact
subtask_id, name, uri, media_type, size, digest

-- name: approval
approval_id, code, task_id, revision, plan_hash, level, demand, requester, authors, subtask_ids, status, requested_at,
expires_at, decided_at

-- name: delegation
delegation_id, delegator, delegate, roles, reason, starts_at, until, created_at, revoked_at, revoked_by

-- name: preapproval
preapproval_id, kind, "like", level, vote, created_at, until, revoked_at, revoked_by
