/// A student that the web app wrote before there was a task id for it: open, and without a task.
package struct WaitingStudent: Sendable, Equatable {
    package let student: StudentRowID
    package let enrolment: Enrolment

    package init(student: StudentRowID, enrolment: Enrolment) {
        self.student = student
        self.enrolment = enrolment
    }
}
