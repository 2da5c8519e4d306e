/// The web app's tables, as its first generation of Prisma models makes them on PostgreSQL, plus `rawGradingOutput`.
///
/// Made only in a database that has none of them. Where they exist they are used as they are and never altered.
enum WebAppSchema {
    /// - Parameter schema: quoted.
    static func tables(in schema: String) -> String {
        """
        CREATE TYPE \(schema)."SessionStatus" AS ENUM ('PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELLED');
        CREATE TYPE \(schema)."GradingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'REQUIRES_REVIEW');
        CREATE TYPE \(schema)."LogLevel" AS ENUM ('INFO', 'WARNING', 'ERROR', 'SUCCESS', 'DEBUG');

        CREATE TABLE \(schema)."users" (
            "id" TEXT NOT NULL,
            "email" TEXT NOT NULL,
            "name" TEXT,
            "role" TEXT NOT NULL DEFAULT 'USER',
            "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" TIMESTAMP(3) NOT NULL,
            CONSTRAINT "users_pkey" PRIMARY KEY ("id")
        );
        CREATE UNIQUE INDEX "users_email_key" ON \(schema)."users"("email");

        CREATE TABLE \(schema)."grading_sessions" (
            "id" TEXT NOT NULL,
            "title" TEXT NOT NULL,
            "subject" TEXT NOT NULL,
            "examYear" TEXT NOT NULL,
            "status" \(schema)."SessionStatus" NOT NULL DEFAULT 'PENDING',
            "numStudents" INTEGER NOT NULL,
            "gradingRubric" JSONB,
            "averageScore" DOUBLE PRECISION,
            "highestScore" DOUBLE PRECISION,
            "lowestScore" DOUBLE PRECISION,
            "passingRate" DOUBLE PRECISION,
            "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" TIMESTAMP(3) NOT NULL,
            "startedAt" TIMESTAMP(3),
            "completedAt" TIMESTAMP(3),
            "userId" TEXT NOT NULL,
            CONSTRAINT "grading_sessions_pkey" PRIMARY KEY ("id"),
            CONSTRAINT "grading_sessions_userId_fkey" FOREIGN KEY ("userId") REFERENCES \(schema)."users"("id") ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE INDEX "grading_sessions_status_idx" ON \(schema)."grading_sessions"("status");

        CREATE TABLE \(schema)."students" (
            "id" TEXT NOT NULL,
            "name" TEXT NOT NULL,
            "studentId" TEXT,
            "fileName" TEXT,
            "fileSize" INTEGER,
            "uploadedAt" TIMESTAMP(3),
            "totalScore" DOUBLE PRECISION,
            "maxScore" DOUBLE PRECISION,
            "percentage" DOUBLE PRECISION,
            "status" \(schema)."GradingStatus" NOT NULL DEFAULT 'PENDING',
            "taskId" TEXT,
            "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" TIMESTAMP(3) NOT NULL,
            "gradedAt" TIMESTAMP(3),
            "gradingSessionId" TEXT NOT NULL,
            "rawGradingOutput" JSONB,
            CONSTRAINT "students_pkey" PRIMARY KEY ("id"),
            CONSTRAINT "students_gradingSessionId_fkey" FOREIGN KEY ("gradingSessionId") REFERENCES \(schema)."grading_sessions"("id")
                ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE INDEX "students_taskId_idx" ON \(schema)."students"("taskId");
        CREATE INDEX "students_open_idx" ON \(schema)."students"("gradingSessionId", "taskId") WHERE "status" IN ('PENDING', 'PROCESSING');
        CREATE INDEX "students_gradingSessionId_status_taskId_idx" ON \(schema)."students"("gradingSessionId", "status", "taskId");

        CREATE TABLE \(schema)."question_scores" (
            "id" TEXT NOT NULL,
            "questionId" TEXT NOT NULL,
            "score" DOUBLE PRECISION NOT NULL,
            "maxScore" DOUBLE PRECISION NOT NULL,
            "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" TIMESTAMP(3) NOT NULL,
            "studentId" TEXT NOT NULL,
            CONSTRAINT "question_scores_pkey" PRIMARY KEY ("id"),
            CONSTRAINT "question_scores_studentId_fkey" FOREIGN KEY ("studentId") REFERENCES \(schema)."students"("id")
                ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE UNIQUE INDEX "question_scores_studentId_questionId_key" ON \(schema)."question_scores"("studentId", "questionId");

        CREATE TABLE \(schema)."student_feedback" (
            "id" TEXT NOT NULL,
            "questionId" TEXT NOT NULL,
            "feedback" TEXT NOT NULL,
            "type" TEXT NOT NULL,
            "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt" TIMESTAMP(3) NOT NULL,
            "studentId" TEXT NOT NULL,
            CONSTRAINT "student_feedback_pkey" PRIMARY KEY ("id"),
            CONSTRAINT "student_feedback_studentId_fkey" FOREIGN KEY ("studentId") REFERENCES \(schema)."students"("id")
                ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE UNIQUE INDEX "student_feedback_studentId_questionId_type_key" ON \(schema)."student_feedback"("studentId", "questionId", "type");

        CREATE TABLE \(schema)."session_logs" (
            "id" TEXT NOT NULL,
            "level" \(schema)."LogLevel" NOT NULL,
            "message" TEXT NOT NULL,
            "context" TEXT,
            "studentId" TEXT,
            "metadata" JSONB,
            "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "gradingSessionId" TEXT NOT NULL,
            "userId" TEXT NOT NULL,
            CONSTRAINT "session_logs_pkey" PRIMARY KEY ("id"),
            CONSTRAINT "session_logs_gradingSessionId_fkey" FOREIGN KEY ("gradingSessionId") REFERENCES \(schema)."grading_sessions"("id")
                ON DELETE CASCADE ON UPDATE CASCADE,
            CONSTRAINT "session_logs_userId_fkey" FOREIGN KEY ("userId") REFERENCES \(schema)."users"("id") ON DELETE CASCADE ON UPDATE CASCADE
        );
        CREATE INDEX "session_logs_gradingSessionId_createdAt_idx" ON \(schema)."session_logs"("gradingSessionId", "createdAt");
        """
    }
}
