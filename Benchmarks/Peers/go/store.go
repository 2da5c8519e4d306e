package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	_ "github.com/lib/pq"
)

// What one callback writes. PostgreSQL's clock, in UTC, as the web app's columns hold it.
const (
	rememberDelivery = `
		INSERT INTO grading_monitor.deliveries (delivery_id, body_hash, task_id, key_id, received_at, outcome)
		VALUES ($1, $2, $3, 'bench', now() AT TIME ZONE 'utc', 'applied')
		ON CONFLICT (delivery_id) DO NOTHING`

	// Forward only: a task that has ended with a result stays as it is.
	updateStudent = `
		UPDATE students AS s
		SET status = 'COMPLETED', "rawGradingOutput" = $2, "totalScore" = $3, "maxScore" = $4, percentage = $5,
		    "gradedAt" = coalesce("gradedAt", now() AT TIME ZONE 'utc'), "updatedAt" = now() AT TIME ZONE 'utc'
		FROM (SELECT id, status FROM students WHERE "taskId" = $1 FOR NO KEY UPDATE) AS old
		WHERE s.id = old.id AND old.status IN ('PENDING', 'PROCESSING', 'FAILED')
		RETURNING s.id, s."gradingSessionId", old.status`

	// Locks the session's row on the way to its user, so that of two last students one sees the other in the roll-up.
	writeLog = `
		INSERT INTO session_logs (id, level, message, context, "studentId", "createdAt", "gradingSessionId", "userId")
		SELECT $1, 'SUCCESS', $2, 'callback', $3, now() AT TIME ZONE 'utc', session.id, session."userId"
		FROM (SELECT id, "userId" FROM grading_sessions WHERE id = $4 FOR NO KEY UPDATE) AS session`

	// What a sweep for lost callbacks lives on.
	noteTask = `
		INSERT INTO grading_monitor.tasks (task_id, student_id, last_signal_at, learned_via, result_hash)
		VALUES ($1, $2, now() AT TIME ZONE 'utc', 'callback', $3)
		ON CONFLICT (task_id) DO UPDATE
		SET last_signal_at = excluded.last_signal_at, learned_via = excluded.learned_via, result_hash = excluded.result_hash,
		    next_check_at = NULL`

	// What live updates live on.
	noteChange = `
		INSERT INTO grading_monitor.changes (kind, task_id, student_id, session_id, from_status, to_status, source, at)
		VALUES ('task', $1, $2, $3, $4, 'COMPLETED', 'callback', now() AT TIME ZONE 'utc')`

	rollUp = `
		UPDATE grading_sessions AS session
		SET status = rolled.status, "updatedAt" = now() AT TIME ZONE 'utc',
		    "startedAt" = coalesce("startedAt", now() AT TIME ZONE 'utc'),
		    "completedAt" = CASE rolled.status WHEN 'COMPLETED' THEN now() AT TIME ZONE 'utc' END
		FROM (
		    SELECT CASE WHEN EXISTS (
		        SELECT FROM students WHERE "gradingSessionId" = $1 AND status IN ('PENDING', 'PROCESSING')
		    ) THEN 'IN_PROGRESS' ELSE 'COMPLETED' END::"SessionStatus" AS status
		) AS rolled
		WHERE session.id = $1 AND session.status <> 'CANCELLED' AND session.status <> rolled.status`
)

// Of 8, 16, 32 and 64 the one with the best throughput at 32 and 128 connections on two cores, by a little.
const usualPoolSize = 16

type store struct {
	db                                              *sql.DB
	delivery, student, logRow, task, change, rolled *sql.Stmt
}

func openStore(url, poolSize string) (*store, error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(poolSize)
	if err != nil {
		size = usualPoolSize
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	s := &store{db: db}
	for _, statement := range []struct {
		prepared **sql.Stmt
		text     string
	}{
		{&s.delivery, rememberDelivery}, {&s.student, updateStudent}, {&s.logRow, writeLog}, {&s.task, noteTask},
		{&s.change, noteChange}, {&s.rolled, rollUp},
	} {
		if *statement.prepared, err = db.Prepare(statement.text); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// apply commits one report before it returns.
func (s *store) apply(ctx context.Context, delivery string, body []byte, r *report) (string, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	outcome, err := s.write(ctx, tx, delivery, body, r)
	if err != nil {
		return "", err
	}
	return outcome, tx.Commit()
}

func (s *store) write(ctx context.Context, tx *sql.Tx, delivery string, body []byte, r *report) (string, error) {
	hash := sha256.Sum256(body)
	inserted, err := tx.StmtContext(ctx, s.delivery).ExecContext(ctx, delivery, hash[:], r.TaskID)
	if err != nil {
		return "", err
	}
	if count, err := inserted.RowsAffected(); err != nil || count == 0 {
		return "duplicate", err
	}
	var student, session, former string
	err = tx.StmtContext(ctx, s.student).
		QueryRowContext(ctx, r.TaskID, string(r.Result), r.score, r.maxScore, r.percentage).
		Scan(&student, &session, &former)
	if errors.Is(err, sql.ErrNoRows) {
		return "stale", nil
	}
	if err != nil {
		return "", err
	}
	message := fmt.Sprintf("Task %s: COMPLETED, %g of %g points", r.TaskID, r.score, r.maxScore)
	if _, err = tx.StmtContext(ctx, s.logRow).ExecContext(ctx, newID(), message, student, session); err != nil {
		return "", err
	}
	if _, err = tx.StmtContext(ctx, s.task).ExecContext(ctx, r.TaskID, student, hash[:]); err != nil {
		return "", err
	}
	if _, err = tx.StmtContext(ctx, s.change).ExecContext(ctx, r.TaskID, student, session, former); err != nil {
		return "", err
	}
	_, err = tx.StmtContext(ctx, s.rolled).ExecContext(ctx, session)
	return "applied", err
}

// newID makes a row's id that sorts by time, as the web app's cuids do.
func newID() string {
	var random [8]byte
	rand.Read(random[:])
	return "c" + strconv.FormatInt(time.Now().UnixMilli(), 36) + hex.EncodeToString(random[:])
}
