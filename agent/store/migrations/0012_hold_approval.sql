-- Holds an approval and its task for whoever decides, in one round trip: the task first, then its approval, everybody in this
-- order, and each read once it is held. `wanted` is its id, or `by_code` its short code. The task's row is read by the caller,
-- who locks it once more, and so sees it as it is now.
CREATE FUNCTION hold_approval(wanted uuid, by_code text, OUT task_id text, OUT approval jsonb, OUT held_at timestamptz)
RETURNS SETOF record
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
