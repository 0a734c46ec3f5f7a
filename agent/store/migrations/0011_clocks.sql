-- A slot's time is up by the database's clock, which may be set by hours while its attempt is at work. It is free only where
-- nobody is there any more to say that the attempt has ended.
CREATE FUNCTION slot_in_use(task text, node text, tried int) RETURNS boolean LANGUAGE sql STABLE
AS $$SELECT EXISTS (SELECT FROM attempt a JOIN task t ON t.task_id = a.task_id
                    WHERE a.task_id = task AND a.subtask_id = node AND a.number = tried AND a.state = 'running'
                      AND t.owner IS NOT NULL)$$;

DO $$
DECLARE
    known text := pg_get_functiondef('write_steps_at_once'::regproc);
    mended text := replace(known, '(s.task_id IS NULL OR s.until < now)',
        '(s.task_id IS NULL OR (s.until < now AND NOT slot_in_use(s.task_id, s.subtask_id, s.attempt)))');
BEGIN
    IF mended = known THEN
        RAISE EXCEPTION 'write_steps_at_once does not take slots in the way that this migration knows';
    END IF;
    EXECUTE mended;
END
$$;
