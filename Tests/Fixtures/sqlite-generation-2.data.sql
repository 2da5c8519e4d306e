-- What the web app of generation 2 has left in its database, written as Prisma writes it on SQLite: the awkward cases.
-- Times count from 2026-11-23T10:30:00.000Z.

INSERT INTO "users" ("id", "email", "name", "role", "passwordHash", "createdAt", "updatedAt", "lastLogin")
VALUES ('user-teacher', 'ade@example.org', 'Adébọ́lá Ọláṣubọ̀mí', 'TEACHER', '$2b$12$K3nJ0c0mB6yqkq0Qb7Q0QOq3l1p6r0Uu8c0m2a4x6z8B0D2F4H6J8', 1794529800125, 1794529800125, 1795425800007);

INSERT INTO "users" ("id", "email", "name", "role", "passwordHash", "createdAt", "updatedAt", "lastLogin")
VALUES ('user-arabic', 'amin@example.org', 'محمد الأمين', 'TEACHER', '$2b$12$K3nJ0c0mB6yqkq0Qb7Q0QOq3l1p6r0Uu8c0m2a4x6z8B0D2F4H6J8', '2026-11-01 08:00:00', 1794529800125, 1795425800007);

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "gradingRubric", "createdAt", "updatedAt", "userId")
VALUES ('session-left', 'Left behind', 'Mathematics', '2026', 'PENDING', 3, '{"pass": 50}', 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "totalScore", "maxScorePossible", "percentage", "studentGradingStatus", "taskId", "aiTaskStatus", "rawGradingOutput", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-left-1', 'Bọ́lá Adé', '2010/001', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 15, 20, 75, 'COMPLETED', 'task-left-1', 'SUCCESS', '{"status":"COMPLETED","results":{"1a":{"score":15,"max_score":20,"feedback":"Ó dára"}}}', 1795343400003, 1795349800004, 1795359800011, 'session-left');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "totalScore", "maxScorePossible", "percentage", "studentGradingStatus", "taskId", "aiTaskStatus", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-left-2', 'عائشة بلو', '2010/002', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 5, 20, 25, 'COMPLETED', 'task-left-2', 'SUCCESS', 1795343400003, 1795349800004, 1795359800012, 'session-left');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "taskId", "aiTaskStatus", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-left-3', 'Ada 👩🏾‍🎓 Obi', '2010/003', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 'FAILED', 'task-left-3', 'FAILURE', 1795343400003, 1795349800004, 'session-left');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "createdAt", "updatedAt", "startedAt", "userId")
VALUES ('session-open', 'Òpin ọdún', 'Mathematics', '2026', 'PROCESSING', 4, 1795343400001, 1795343800002, 1795349800000, 'user-teacher');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-open-1', 'Chinedu Okeke', '2010/011', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 'PENDING', 'task-open-1', 1795343400003, 1795349800004, 'session-open');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "taskId", "aiTaskStatus", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-open-2', 'Ngozi Eze', '2010/012', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 'PROCESSING', 'task-open-2', 'PROGRESS', 1795343400003, 1795349800004, 'session-open');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-open-3', 'Without A Task', '2010/013', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 'PENDING', 1795343400003, 1795349800004, 'session-open');

INSERT INTO "students" ("id", "studentName", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-open-4', 'Odd Times', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, -1, 'PENDING', 'task-open-4', '2026-11-22 10:30:00', '2026-11-22T10:30:00.5Z', 'soon', 'session-open');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "createdAt", "updatedAt", "userId")
VALUES ('session-cancelled', 'Cancelled', 'Mathematics', '2026', 'CANCELLED', 2, 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "students" ("id", "studentName", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-cancelled-1', 'Yusuf Bello', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 'PENDING', 'task-cancelled-1', 1795343400003, 1795349800004, 'session-cancelled');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "createdAt", "updatedAt", "startedAt", "completedAt", "userId")
VALUES ('session-people', 'Decided by people', 'Mathematics', '2026', 'COMPLETED', 2, 1795343400001, 1795343800002, 1795349800022, 1795369800021, 'user-teacher');

INSERT INTO "students" ("id", "studentName", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "totalScore", "maxScorePossible", "percentage", "studentGradingStatus", "taskId", "aiTaskStatus", "rawGradingOutput", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-people-1', 'Approved', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 20, 20, 100, 'APPROVED', 'task-people-1', 'SUCCESS', '{"results":{}}', 1795343400003, 1795349800004, 1795368800000, 'session-people');

INSERT INTO "students" ("id", "studentName", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "totalScore", "maxScorePossible", "percentage", "studentGradingStatus", "taskId", "aiTaskStatus", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-people-2', 'Rejected', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 5, 20, 25, 'REJECTED', 'task-people-2', 'SUCCESS', 1795343400003, 1795349800004, 1795368800000, 'session-people');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "createdAt", "updatedAt", "startedAt", "completedAt", "userId")
VALUES ('session-large', 'Large', 'Mathematics', '2026', 'COMPLETED', 1, 1795343400001, 1795343800002, 1795378800000, 1795379800000, 'user-teacher');

INSERT INTO "students" ("id", "studentName", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "totalScore", "maxScorePossible", "percentage", "studentGradingStatus", "taskId", "aiTaskStatus", "rawGradingOutput", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-large-1', 'Large', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 1, 2, 50, 'COMPLETED', 'task-large-1', 'SUCCESS', '{"results":{"1":{"score":1,"max_score":2,"feedback":"' || hex(zeroblob(524288)) || '"}}}', 1795343400003, 1795349800004, 1795379800000, 'session-large');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "createdAt", "updatedAt", "userId")
VALUES ('session-failed', 'Failed', 'Mathematics', '2026', 'FAILED', 1, 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "students" ("id", "studentName", "studentId", "fileName", "fileUrl", "fileMimeType", "fileSize", "uploadedAt", "studentGradingStatus", "taskId", "aiTaskStatus", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-failed-1', 'Emeka Obi', '2010/021', 'paper.pdf', 'https://files.example.org/paper.pdf', 'application/pdf', 48213, 1795343400005, 'FAILED', 'task-failed-1', 'FAILURE', 1795343400003, 1795349800004, 'session-failed');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "sessionStatus", "numStudents", "createdAt", "updatedAt", "userId")
VALUES ('session-empty', 'Empty', 'Mathematics', '2026', 'PENDING', NULL, 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "session_logs" ("id", "level", "message", "context", "studentId", "metadata", "createdAt", "gradingSessionId", "userId")
VALUES ('cm3v0k8a90000000000000001', 'SUCCESS', 'Grading of Bọ́lá Adé is done', 'system', 'row-left-1', '{"score": 15, "of": 20}', 1795359800041, 'session-left', 'user-teacher');

INSERT INTO "session_logs" ("id", "level", "message", "context", "createdAt", "gradingSessionId", "userId")
VALUES ('cm3v0k8a90000000000000002', 'ERROR', 'Error from the grading server: 429', NULL, '2026-11-22 15:03:21', 'session-left', 'user-teacher');
