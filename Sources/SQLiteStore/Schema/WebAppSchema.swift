import GradingCore
import GRDB

/// The web app's tables, as its first generation of Prisma models makes them on SQLite, plus `rawGradingOutput`.
///
/// Made only in a database that has none of them. Where they exist they are used as they are and never altered. JSON is in
/// `TEXT` columns: the `JSONB` that Prisma declares has numeric affinity, so that SQLite would turn the text `1.50` into 1.5.
enum WebAppSchema {
    /// Makes the tables in a fresh database, or reads those that are there. Throws ``StoreError/incompatibleSchema(_:)`` naming
    /// what is missing.
    static func prepare(_ db: Database) throws -> DatabaseLayout {
        var found = try FoundTable.readAll(from: db)
        if found.isEmpty {
            try db.execute(sql: tables)
            found = try FoundTable.readAll(from: db)
        }
        return try DatabaseLayout(found)
    }

    private static let tables = """
        CREATE TABLE "users" (
            "id" TEXT NOT NULL PRIMARY KEY,
            "email" TEXT NOT NULL,
            "name" TEXT,
            "role" TEXT NOT NULL DEFAULT 'USER',
            "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" DATETIME NOT NULL
        );
        CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

        CREATE TABLE "grading_sessions" (
            "id" TEXT NOT NULL PRIMARY KEY,
            "title" TEXT NOT NULL,
            "subject" TEXT NOT NULL,
            "examYear" TEXT NOT NULL,
            "status" TEXT NOT NULL DEFAULT 'PENDING',
            "numStudents" INTEGER NOT NULL,
            "gradingRubric" TEXT,
            "averageScore" REAL,
            "highestScore" REAL,
            "lowestScore" REAL,
            "passingRate" REAL,
            "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" DATETIME NOT NULL,
            "startedAt" DATETIME,
            "completedAt" DATETIME,
            "userId" TEXT NOT NULL REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE INDEX "grading_sessions_status_idx" ON "grading_sessions"("status");

        CREATE TABLE "students" (
            "id" TEXT NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "studentId" TEXT,
            "fileName" TEXT,
            "fileSize" INTEGER,
            "uploadedAt" DATETIME,
            "totalScore" REAL,
            "maxScore" REAL,
            "percentage" REAL,
            "status" TEXT NOT NULL DEFAULT 'PENDING',
            "taskId" TEXT,
            "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" DATETIME NOT NULL,
            "gradedAt" DATETIME,
            "gradingSessionId" TEXT NOT NULL REFERENCES "grading_sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE,
            "rawGradingOutput" TEXT
        );
        CREATE INDEX "students_taskId_idx" ON "students"("taskId");
        CREATE INDEX "students_open_idx" ON "students"("status", "gradingSessionId") WHERE "status" IN ('PENDING', 'PROCESSING');
        CREATE INDEX "students_gradingSessionId_status_taskId_idx" ON "students"("gradingSessionId", "status", "taskId");

        CREATE TABLE "question_scores" (
            "id" TEXT NOT NULL PRIMARY KEY,
            "questionId" TEXT NOT NULL,
            "score" REAL NOT NULL,
            "maxScore" REAL NOT NULL,
            "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" DATETIME NOT NULL,
            "studentId" TEXT NOT NULL REFERENCES "students"("id") ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE UNIQUE INDEX "question_scores_studentId_questionId_key" ON "question_scores"("studentId", "questionId");

        CREATE TABLE "student_feedback" (
            "id" TEXT NOT NULL PRIMARY KEY,
            "questionId" TEXT NOT NULL,
            "feedback" TEXT NOT NULL,
            "type" TEXT NOT NULL,
            "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" DATETIME NOT NULL,
            "studentId" TEXT NOT NULL REFERENCES "students"("id") ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE UNIQUE INDEX "student_feedback_studentId_questionId_type_key"
            ON "student_feedback"("studentId", "questionId", "type");

        CREATE TABLE "session_logs" (
            "id" TEXT NOT NULL PRIMARY KEY,
            "level" TEXT NOT NULL,
            "message" TEXT NOT NULL,
            "context" TEXT,
            "studentId" TEXT,
            "metadata" TEXT,
            "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "gradingSessionId" TEXT NOT NULL REFERENCES "grading_sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE,
            "userId" TEXT NOT NULL REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE INDEX "session_logs_gradingSessionId_createdAt_idx" ON "session_logs"("gradingSessionId", "createdAt");
        """
}
