-- The monitor's transaction for one callback as one call: the least that a client of PostgreSQL can do for it, one at a time.
-- It writes every row that the monitor writes. In PL/pgSQL, because each statement sees what was committed before it began: of
-- two last students, the one who waited for the session's lock sees the other, which a single statement with its one snapshot
-- would not.
CREATE FUNCTION apply_callback(
    delivery text, task text, digest bytea, result jsonb, score double precision, most double precision
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moment constant timestamp(3) := now() AT TIME ZONE 'utc';
    student text;
    session text;
    student_status "GradingStatus";
    owner text;
    old_status "SessionStatus";
    new_status "SessionStatus";
BEGIN
    -- 1. A delivery that is known has no effect.
    INSERT INTO grading_monitor.deliveries (delivery_id, body_hash, task_id, key_id, received_at, outcome)
    VALUES (delivery, digest, task, 'bench', moment, 'applied')
    ON CONFLICT (delivery_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN 'duplicate';
    END IF;

    -- 2. Forward only: a task that has ended with a result stays as it is.
    UPDATE students s
    SET status = 'COMPLETED', "rawGradingOutput" = result, "totalScore" = score, "maxScore" = most,
        percentage = score / most * 100, "gradedAt" = coalesce("gradedAt", moment), "updatedAt" = moment
    FROM (SELECT id, status FROM students WHERE "taskId" = task FOR NO KEY UPDATE) AS old
    WHERE s.id = old.id AND old.status IN ('PENDING', 'PROCESSING', 'FAILED')
    RETURNING s.id, s."gradingSessionId", old.status INTO student, session, student_status;
    IF NOT FOUND THEN
        RETURN 'stale';
    END IF;

    -- 3. The session's row is locked on the way to its user, late, so that the lock is short.
    SELECT "userId", status INTO owner, old_status FROM grading_sessions WHERE id = session FOR NO KEY UPDATE;
    INSERT INTO session_logs (id, level, message, context, "studentId", "createdAt", "gradingSessionId", "userId")
    VALUES (
        'c' || to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint) || substr(delivery, 5), 'SUCCESS',
        format('Task %s: COMPLETED, %s of %s points', task, score, most), 'callback', student, moment, session, owner
    );

    -- 4. What the sweep and the change feed live on.
    INSERT INTO grading_monitor.tasks AS t (task_id, student_id, last_signal_at, learned_via, result_hash)
    VALUES (task, student, moment, 'callback', digest)
    ON CONFLICT (task_id) DO UPDATE
    SET last_signal_at = excluded.last_signal_at, learned_via = excluded.learned_via, result_hash = excluded.result_hash,
        next_check_at = NULL;
    INSERT INTO grading_monitor.changes (kind, task_id, student_id, session_id, from_status, to_status, source, at)
    VALUES ('task', task, student, session, student_status, 'COMPLETED', 'callback', moment);

    -- 5. The roll-up writes only what changed.
    new_status := CASE WHEN EXISTS (
        SELECT FROM students WHERE "gradingSessionId" = session AND status IN ('PENDING', 'PROCESSING')
    ) THEN 'IN_PROGRESS' ELSE 'COMPLETED' END;
    IF new_status <> old_status AND old_status <> 'CANCELLED' THEN
        UPDATE grading_sessions
        SET status = new_status, "updatedAt" = moment, "startedAt" = coalesce("startedAt", moment),
            "completedAt" = CASE new_status WHEN 'COMPLETED' THEN moment END
        WHERE id = session;
        INSERT INTO grading_monitor.changes (kind, session_id, from_status, to_status, at)
        VALUES ('session', session, old_status, new_status, moment);
    END IF;
    RETURN 'applied';
END
$$;
