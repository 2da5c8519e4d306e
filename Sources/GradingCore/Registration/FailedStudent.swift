/// A student whose status is FAILED: registered again under a new task id, it starts a new attempt.
package struct FailedStudent: Sendable, Equatable {
    package let student: StudentRowID
    package let enrolment: Enrolment
    /// The task that failed; `nil` when there is none, or when its id is outside our grammar: nobody can report about it then.
    package let task: TaskID?
    /// The attempt that failed, from 1; 1 when the monitor has never touched the task.
    package let attempt: Int

    package init(student: StudentRowID, enrolment: Enrolment, task: TaskID?, attempt: Int = 1) {
        self.student = student
        self.enrolment = enrolment
        self.task = task
        self.attempt = attempt
    }
}
