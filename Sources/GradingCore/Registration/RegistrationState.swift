/// What the database knows of the tasks and students in a registration, read inside the transaction that will change them.
///
/// A store hands over the rows that it finds for the ``RegistrationKeys``, in any order.
package struct RegistrationState: Sendable {
    private var holders: [TaskID: [TaskHolder]]
    private var formerHolders: [TaskID: [TaskHolder]]
    private var waiting: [Enrolment: ArraySlice<WaitingStudent>]
    private var failed: [Enrolment: ArraySlice<FailedStudent>]

    /// - Parameters:
    ///   - holders: the students that bear one of the task ids; the web app's first generation lets several bear one.
    ///   - formerHolders: the students that the monitor has on record for one of the task ids, whichever they bear now.
    ///   - waiting: the students of the enrolments that are open and have no task id.
    ///   - failed: the students of the enrolments that are FAILED.
    package init(
        holders: [TaskHolder] = [],
        formerHolders: [TaskHolder] = [],
        waiting: [WaitingStudent] = [],
        failed: [FailedStudent] = []
    ) {
        self.holders = Dictionary(grouping: holders, by: \.task)
        self.formerHolders = Dictionary(grouping: formerHolders, by: \.task)
        self.waiting = Self.candidates(waiting, by: \.enrolment, \.student)
        self.failed = Self.candidates(failed, by: \.enrolment, \.student)
    }

    /// In the order of their row ids, by bytes, so that every store chooses the same one.
    private static func candidates<Student>(
        _ students: [Student],
        by enrolment: KeyPath<Student, Enrolment>,
        _ row: KeyPath<Student, StudentRowID>
    ) -> [Enrolment: ArraySlice<Student>] {
        let sorted = students.sorted {
            $0[keyPath: row].rawValue.utf8.lexicographicallyPrecedes($1[keyPath: row].rawValue.utf8)
        }
        return Dictionary(grouping: sorted) { $0[keyPath: enrolment] }.mapValues { $0[...] }
    }

    // MARK: Task ids

    /// Those who bear the task id now, else those who bore it before a later attempt; empty when it is free.
    func holders(of task: TaskID) -> [TaskHolder] {
        let current = holders[task] ?? []
        return current.isEmpty ? formerHolders[task] ?? [] : current
    }

    /// From now on this student bears the task id of the registration.
    mutating func hold(_ registration: TaskRegistration, by student: StudentRowID) {
        let holder = TaskHolder(
            task: registration.task,
            student: student,
            session: registration.session.id,
            name: registration.studentName,
            studentID: registration.studentID
        )
        holders[registration.task] = [holder]
    }

    // MARK: Students

    /// Hands out each waiting student once.
    mutating func takeWaiting(_ enrolment: Enrolment) -> WaitingStudent? {
        waiting[enrolment]?.popFirst()
    }

    /// Hands out each failed student once; it bears its task id no longer.
    mutating func takeFailed(_ enrolment: Enrolment) -> FailedStudent? {
        guard let student = failed[enrolment]?.popFirst() else { return nil }
        supersede(student)
        return student
    }

    private mutating func supersede(_ failed: FailedStudent) {
        guard let task = failed.task, let index = holders[task]?.firstIndex(where: { $0.student == failed.student }),
            let holder = holders[task]?.remove(at: index)
        else { return }
        formerHolders[task, default: []].append(holder)
    }
}
