-- The web app's tables of generation 2, in the form in which Prisma's migrations make them on SQLite.

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "role" TEXT NOT NULL DEFAULT 'USER',
    "passwordHash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "lastLogin" DATETIME,
    "emailVerifiedAt" DATETIME
);

-- CreateTable
CREATE TABLE "grading_sessions" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "title" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "examYear" TEXT NOT NULL,
    "sessionStatus" TEXT NOT NULL DEFAULT 'PENDING',
    "numStudents" INTEGER,
    "gradingRubric" JSONB,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "startedAt" DATETIME,
    "completedAt" DATETIME,
    "userId" TEXT NOT NULL,
    CONSTRAINT "grading_sessions_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "students" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "studentName" TEXT NOT NULL,
    "studentId" TEXT,
    "fileName" TEXT NOT NULL,
    "fileUrl" TEXT NOT NULL,
    "fileMimeType" TEXT NOT NULL,
    "fileSize" INTEGER NOT NULL,
    "uploadedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "totalScore" REAL,
    "maxScorePossible" REAL,
    "percentage" REAL,
    "studentGradingStatus" TEXT NOT NULL DEFAULT 'PENDING',
    "taskId" TEXT,
    "aiTaskStatus" TEXT,
    "rawGradingOutput" JSONB,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "gradedAt" DATETIME,
    "gradingSessionId" TEXT NOT NULL,
    CONSTRAINT "students_gradingSessionId_fkey" FOREIGN KEY ("gradingSessionId") REFERENCES "grading_sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "session_logs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "level" TEXT NOT NULL DEFAULT 'INFO',
    "message" TEXT NOT NULL,
    "context" TEXT,
    "studentId" TEXT,
    "metadata" JSONB,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "gradingSessionId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    CONSTRAINT "session_logs_gradingSessionId_fkey" FOREIGN KEY ("gradingSessionId") REFERENCES "grading_sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "session_logs_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Prisma's own record of what it has applied.
CREATE TABLE "_prisma_migrations" (
    "id" VARCHAR(36) NOT NULL PRIMARY KEY,
    "checksum" VARCHAR(64) NOT NULL,
    "migration_name" VARCHAR(255) NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "students_studentId_key" ON "students"("studentId");

-- CreateIndex
CREATE UNIQUE INDEX "students_taskId_key" ON "students"("taskId");

-- CreateIndex
CREATE INDEX "session_logs_gradingSessionId_idx" ON "session_logs"("gradingSessionId");
