-- What the web app of generation 1 has left in its database, written as Prisma writes it on SQLite: the awkward cases.
-- Times count from 2026-11-23T10:30:00.000Z.

INSERT INTO "users" ("id", "email", "name", "role", "createdAt", "updatedAt")
VALUES ('user-teacher', 'ade@example.org', 'Adébọ́lá Ọláṣubọ̀mí', 'TEACHER', 1794529800125, 1794529800125);

INSERT INTO "users" ("id", "email", "name", "role", "createdAt", "updatedAt")
VALUES ('user-arabic', 'amin@example.org', 'محمد الأمين', 'TEACHER', '2026-11-01 08:00:00', 1794529800125);

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "gradingRubric", "createdAt", "updatedAt", "userId")
VALUES ('session-left', 'Left behind', 'Mathematics', '2026', 'PENDING', 3, '{"pass": 50}', 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "totalScore", "maxScore", "percentage", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-left-1', 'Bọ́lá Adé', '2010/001', 'paper.pdf', 48213, 1795343400005, 15, 20, 75, 'COMPLETED', 'task-left-1', 1795343400003, 1795349800004, 1795359800011, 'session-left');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "totalScore", "maxScore", "percentage", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-left-2', 'عائشة بلو', '2010/002', 'paper.pdf', 48213, 1795343400005, 5, 20, 25, 'COMPLETED', 'task-left-2', 1795343400003, 1795349800004, 1795359800012, 'session-left');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-left-3', 'Ada 👩🏾‍🎓 Obi', '2010/003', 'paper.pdf', 48213, 1795343400005, 'FAILED', 'task-left-3', 1795343400003, 1795349800004, 'session-left');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "createdAt", "updatedAt", "startedAt", "userId")
VALUES ('session-open', 'Òpin ọdún', 'Mathematics', '2026', 'IN_PROGRESS', 4, 1795343400001, 1795343800002, 1795349800000, 'user-teacher');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-open-1', 'Chinedu Okeke', '2010/011', 'paper.pdf', 48213, 1795343400005, 'PENDING', 'task-open-1', 1795343400003, 1795349800004, 'session-open');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-open-2', 'Ngozi Eze', '2010/012', 'paper.pdf', 48213, 1795343400005, 'PROCESSING', 'task-open-2', 1795343400003, 1795349800004, 'session-open');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "status", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-open-3', 'Without A Task', '2010/013', 'paper.pdf', 48213, 1795343400005, 'PENDING', 1795343400003, 1795349800004, 'session-open');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-open-4', 'Odd Times', 'paper.pdf', 48213, -1, 'PENDING', 'task-open-4', '2026-11-22 10:30:00', '2026-11-22T10:30:00.5Z', 'soon', 'session-open');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "createdAt", "updatedAt", "userId")
VALUES ('session-cancelled', 'Cancelled', 'Mathematics', '2026', 'CANCELLED', 2, 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-cancelled-1', 'Yusuf Bello', 'paper.pdf', 48213, 1795343400005, 'PENDING', 'task-cancelled-1', 1795343400003, 1795349800004, 'session-cancelled');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "averageScore", "highestScore", "lowestScore", "passingRate", "createdAt", "updatedAt", "startedAt", "completedAt", "userId")
VALUES ('session-people', 'Decided by people', 'Mathematics', '2026', 'COMPLETED', 2, 62.5, 100, 25, 50, 1795343400001, 1795343800002, 1795349800022, 1795369800021, 'user-teacher');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "totalScore", "maxScore", "percentage", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-people-1', 'Approved', 'paper.pdf', 48213, 1795343400005, 20, 20, 100, 'COMPLETED', 'task-people-1', 1795343400003, 1795349800004, 1795368800000, 'session-people');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "totalScore", "maxScore", "percentage", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-people-2', 'Reviewed', 'paper.pdf', 48213, 1795343400005, 5, 20, 25, 'REQUIRES_REVIEW', 'task-people-2', 1795343400003, 1795349800004, 1795368800000, 'session-people');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "averageScore", "highestScore", "lowestScore", "passingRate", "createdAt", "updatedAt", "startedAt", "completedAt", "userId")
VALUES ('session-large', 'Large', 'Mathematics', '2026', 'COMPLETED', 1, 50, 50, 50, 100, 1795343400001, 1795343800002, 1795378800000, 1795379800000, 'user-teacher');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "totalScore", "maxScore", "percentage", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-large-1', 'Large', 'paper.pdf', 48213, 1795343400005, 1, 2, 50, 'COMPLETED', 'task-large-1', 1795343400003, 1795349800004, 1795379800000, 'session-large');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "createdAt", "updatedAt", "userId")
VALUES ('session-failed', 'Failed', 'Mathematics', '2026', 'FAILED', 1, 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "students" ("id", "name", "studentId", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-failed-1', 'Emeka Obi', '2010/021', 'paper.pdf', 48213, 1795343400005, 'FAILED', 'task-failed-1', 1795343400003, 1795349800004, 'session-failed');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "createdAt", "updatedAt", "userId")
VALUES ('session-empty', 'Empty', 'Mathematics', '2026', 'PENDING', 0, 1795343400001, 1795343800002, 'user-teacher');

INSERT INTO "grading_sessions" ("id", "title", "subject", "examYear", "status", "numStudents", "createdAt", "updatedAt", "startedAt", "userId")
VALUES ('session-twice', 'Twice', 'Mathematics', '2026', 'IN_PROGRESS', 2, 1795343400001, 1795343800002, 1795349800000, 'user-teacher');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "totalScore", "maxScore", "percentage", "status", "taskId", "createdAt", "updatedAt", "gradedAt", "gradingSessionId")
VALUES ('row-twice-1', 'First Bearer', 'paper.pdf', 48213, 1795343400005, 3, 4, 75, 'COMPLETED', 'task-twice', 1795343400003, 1795349800004, 1795389800000, 'session-twice');

INSERT INTO "students" ("id", "name", "fileName", "fileSize", "uploadedAt", "status", "taskId", "createdAt", "updatedAt", "gradingSessionId")
VALUES ('row-twice-2', 'Second Bearer', 'paper.pdf', 48213, 1795343400005, 'PENDING', 'task-twice', 1795343400003, 1795349800004, 'session-twice');

INSERT INTO "question_scores" ("id", "questionId", "score", "maxScore", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000100', '1a', 8, 10, 1795359800031, 1795359800031, 'row-left-1');

INSERT INTO "student_feedback" ("id", "questionId", "feedback", "type", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000200', '1a', 'Ó dára púpọ̀', 'GENERAL', 1795359800032, 1795359800032, 'row-left-1');

INSERT INTO "question_scores" ("id", "questionId", "score", "maxScore", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000101', '1b', 7, 10, 1795359800031, 1795359800031, 'row-left-1');

INSERT INTO "student_feedback" ("id", "questionId", "feedback", "type", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000201', '1b', 'Show your working.', 'GENERAL', 1795359800032, 1795359800032, 'row-left-1');

INSERT INTO "question_scores" ("id", "questionId", "score", "maxScore", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000102', '1', 1, 2, 1795359800031, 1795359800031, 'row-large-1');

INSERT INTO "student_feedback" ("id", "questionId", "feedback", "type", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000202', '1', hex(zeroblob(524288)), 'GENERAL', 1795359800032, 1795359800032, 'row-large-1');

INSERT INTO "student_feedback" ("id", "questionId", "feedback", "type", "confidence", "keywords", "createdAt", "updatedAt", "studentId")
VALUES ('cm3v0k8a90000000000000250', '1a', 'A teacher''s own word.', 'STRENGTH', 0.9, '["integral"]', 1795359800033, 1795359800033, 'row-left-1');

INSERT INTO "session_logs" ("id", "level", "message", "context", "studentId", "metadata", "createdAt", "gradingSessionId", "userId")
VALUES ('cm3v0k8a90000000000000001', 'SUCCESS', 'Grading of Bọ́lá Adé is done', 'system', 'row-left-1', '{"score": 15, "of": 20}', 1795359800041, 'session-left', 'user-teacher');

INSERT INTO "session_logs" ("id", "level", "message", "context", "createdAt", "gradingSessionId", "userId")
VALUES ('cm3v0k8a90000000000000002', 'ERROR', 'Error from the grading server: 429', NULL, '2026-11-22 15:03:21', 'session-left', 'user-teacher');
