import GradingCore

/// One entry of a registration's array, as it is sent. Members that are not named here are let be.
struct RegistrationEntry: Decodable, Sendable {
    let registration: TaskRegistration

    private enum Key: String, CodingKey {
        case taskId, studentName, studentId, priority, session
    }

    init(from decoder: any Decoder) throws {
        let entry = try decoder.container(keyedBy: Key.self)
        registration = TaskRegistration(
            task: try entry.identifier(.taskId, TaskID.init),
            studentName: try entry.text(.studentName, characters: 1...300),
            studentID: try entry.optionalText(.studentId, characters: 1...300),
            priority: try entry.optionalInteger(.priority, in: ClaimRank.priorities),
            session: try entry.decode(Session.self, forKey: .session).registration
        )
    }

    private struct Session: Decodable {
        let registration: SessionRegistration

        private enum Key: String, CodingKey {
            case id, title, subject, examYear, numStudents
        }

        init(from decoder: any Decoder) throws {
            let session = try decoder.container(keyedBy: Key.self)
            registration = SessionRegistration(
                id: try session.identifier(.id, SessionID.init),
                title: try session.optionalText(.title, characters: 1...300),
                subject: try session.optionalText(.subject, characters: 0...300),
                examYear: try session.optionalText(.examYear, characters: 0...50),
                numStudents: try session.optionalInteger(.numStudents, in: 0...1_000_000)
            )
        }
    }
}
