/// What one transaction writes for a registration, in this order.
package struct RegistrationWrites: Sendable, Equatable {
    /// Each once, in the order of the registrations; to be made when they are not there yet, and left alone when they are.
    package var sessions: [SessionRegistration] = []
    /// No student stands twice in this list and the two after it.
    package var students: [NewStudent] = []
    package var givenTasks: [GivenTask] = []
    package var attempts: [NewAttempt] = []
    /// One for each student above.
    package var tasks: [NewTask] = []
    package var logs: [LogWrite] = []
    package var changes: [TaskChange] = []

    /// The sessions to roll up, sorted, so that two instances lock them in the same order.
    package var touchedSessions: [SessionID] {
        sessions.map(\.id).sorted()
    }
}
