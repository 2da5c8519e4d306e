/// What a store has to look for before it registers tasks.
package struct RegistrationKeys: Sendable {
    /// Each once, in the order of the registrations.
    package let tasks: [TaskID]
    /// Each once, in the order of the registrations; those without an institution's number have none.
    package let enrolments: [Enrolment]

    package init(of registrations: [TaskRegistration]) {
        var seenTasks: Set<TaskID> = []
        var seenEnrolments: Set<Enrolment> = []
        tasks = registrations.map(\.task).filter { seenTasks.insert($0).inserted }
        enrolments = registrations.compactMap(\.enrolment).filter { seenEnrolments.insert($0).inserted }
    }
}
