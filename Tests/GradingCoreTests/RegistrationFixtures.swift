@testable import GradingCore

extension TaskRegistration {
    static func fake(
        _ task: String,
        name: String = "Ada Obi",
        number: String? = "7",
        priority: Int = 5,
        session: String = "s1",
        title: String? = nil
    ) -> TaskRegistration {
        TaskRegistration(
            task: TaskID(task)!,
            studentName: name,
            studentID: number,
            priority: priority,
            session: SessionRegistration(
                id: SessionID(session)!,
                title: title,
                subject: nil,
                examYear: nil,
                numStudents: nil
            )
        )
    }
}

extension TaskHolder {
    static func fake(
        _ task: String,
        _ row: String,
        name: String = "Ada Obi",
        number: String?,
        session: String = "s1"
    ) -> TaskHolder {
        TaskHolder(
            task: TaskID(task)!,
            student: StudentRowID(row),
            session: SessionID(stored: session),
            name: name,
            studentID: number
        )
    }
}

extension WaitingStudent {
    static func fake(_ row: String, number: String, session: String = "s1") -> WaitingStudent {
        WaitingStudent(
            student: StudentRowID(row),
            enrolment: Enrolment(session: SessionID(stored: session), studentID: number)
        )
    }
}

extension FailedStudent {
    static func fake(_ row: String, number: String, task: String?, attempt: Int = 1) -> FailedStudent {
        FailedStudent(
            student: StudentRowID(row),
            enrolment: Enrolment(session: SessionID(stored: "s1"), studentID: number),
            task: task.flatMap(TaskID.init),
            attempt: attempt
        )
    }
}

extension Timestamp {
    static let registration = Timestamp(milliseconds: 1_795_429_800_000)
}

extension NewTask {
    /// Due a minute after its registration.
    static func fake(_ task: String, of student: StudentRowID, attempt: Int, priority: Int = 5) -> NewTask {
        NewTask(
            task: TaskID(task)!,
            student: student,
            attempt: attempt,
            priority: priority,
            nextCheckAt: .registration.advanced(by: .seconds(60))
        )
    }
}
