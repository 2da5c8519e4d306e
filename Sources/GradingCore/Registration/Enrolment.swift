/// A student in a session, by the institution's number: what tells a first paper from a retry.
package struct Enrolment: Sendable, Hashable {
    package let session: SessionID
    /// The institution's number for the student.
    package let studentID: String

    package init(session: SessionID, studentID: String) {
        self.session = session
        self.studentID = studentID
    }

    /// By bytes, as databases compare: Swift holds two spellings of one character for equal, and would then find within a
    /// batch what the same registrations one by one do not find.
    package static func == (lhs: Enrolment, rhs: Enrolment) -> Bool {
        lhs.session == rhs.session && lhs.studentID.utf8.elementsEqual(rhs.studentID.utf8)
    }
}

extension TaskRegistration {
    /// `nil` without an institution's number: a name alone does not tell one student from another.
    package var enrolment: Enrolment? {
        studentID.map { Enrolment(session: session.id, studentID: $0) }
    }
}
