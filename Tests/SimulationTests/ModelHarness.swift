import GradingCore
import StoreConformance

@testable import MonitorSimulation

/// The model store under test. Its web app's tables are those of the first generation, without scores of sessions and without
/// tables for parts.
struct ModelHarness: StoreHarness {
    let model = ModelStore()
    let layout: DatabaseLayout

    var store: any Store { model }

    init() throws {
        func table(_ columns: String) -> FoundTable {
            FoundTable(columns: columns.split(separator: " ").map { FoundTable.Column(String($0)) })
        }
        layout = try DatabaseLayout([
            "users": table("id email name role createdAt updatedAt"),
            "grading_sessions": table(
                "id title subject examYear status numStudents createdAt updatedAt startedAt completedAt userId"
            ),
            "students": table(
                """
                id name studentId totalScore maxScore percentage status taskId createdAt updatedAt gradedAt gradingSessionId \
                rawGradingOutput
                """
            ),
            "session_logs": table("id level message context studentId metadata createdAt gradingSessionId userId"),
        ])
    }

    private func write(_ body: (inout ModelDatabase) -> Void) {
        model.transact({ _ in .webApp }, body)
    }

    func addSession(_ id: SessionID, status: SessionStatus) async throws {
        write { $0.add(ModelSession(id: id, status: status)) }
    }

    func addStudent(_ student: WebAppStudent) async throws {
        var row = ModelStudent(
            student.row,
            in: student.session,
            name: "Ada Obi",
            studentID: student.studentID,
            task: student.task,
            status: student.status,
            createdAt: student.updatedAt,
            updatedAt: student.updatedAt
        )
        row.gradedAt = student.gradedAt
        write { $0.add(row) }
    }

    func setStatus(of row: StudentRowID, to status: TaskStatus, at now: Timestamp) async throws {
        write { database in
            database.update(row) { student in
                student.status = status
                student.updatedAt = now
            }
        }
    }

    func student(_ row: StudentRowID) async throws -> StoredStudent? {
        model.committed.student(row).map { student in
            StoredStudent(
                status: student.status.rawValue,
                task: student.task,
                totalScore: student.totalScore,
                maxScore: student.maxScore,
                percentage: student.percentage,
                gradedAt: student.gradedAt,
                updatedAt: student.updatedAt,
                rawGradingOutput: student.rawResult
            )
        }
    }

    func session(_ id: SessionID) async throws -> StoredSession? {
        model.committed.session(id).map { session in
            StoredSession(
                status: model.sessionWords.word(for: session.status),
                averageScore: nil,
                highestScore: nil,
                lowestScore: nil,
                passingRate: nil,
                startedAt: session.startedAt,
                completedAt: session.completedAt
            )
        }
    }

    func taskWord(of row: StudentRowID) async throws -> String? { nil }

    func questionScores(of row: StudentRowID) async throws -> [StoredScore] { [] }

    func feedback(of row: StudentRowID) async throws -> [StoredFeedback] { [] }

    func addFeedback(_ feedback: StoredFeedback, to row: StudentRowID) async throws {}
}
