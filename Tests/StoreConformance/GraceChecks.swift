import GradingCore
import Testing

extension StoreConformance {
    static let graceChecks = [
        ConformanceCheck("a task that is put off is due then, and not brought forward") { harness in
            try await harness.register(.t1)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(120)))[0]
            try await harness.store.putOff([TaskPutOff(claim, until: .start.after(1_200))])
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(130)) == 0)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(1_199))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(1_200))).map(\.task) == [.t1])
        },
        ConformanceCheck("only the owner of its lease puts a task off, and none that has ended meanwhile") { harness in
            try await harness.register(.t1, .t2)
            let claims = try await harness.store.claimDueTasks(.at(.start.after(120)))
            let stranger = ClaimedTask(task: .t1, owner: "b", consecutiveErrors: 0, status: .pending)
            _ = try await harness.apply(.callback(.t2, .completed, result: .graded(5), id: "d1"), at: .start.after(121))
            try await harness.store.putOff([
                TaskPutOff(stranger, until: .start.after(9_000)), TaskPutOff(claims[1], until: .start.after(500)),
            ])
            try await harness.webAppSets(.t2, to: .pending, at: .start.after(122))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(600))).map(\.task) == [.t1])
        },
        ConformanceCheck("a claim says when the task began: when it was seen under way, or else when its student was made") {
            harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(.callback(.t2, .processing, id: "d1"), at: .start.after(60))
            _ = try await harness.apply(.callback(.t2, .processing, id: "d2"), at: .start.after(70))
            let claims = try await harness.store.claimDueTasks(.at(.start.after(300)))
            #expect(claims.map(\.startedAt) == [.start, .start.after(60)])
            #expect(claims.map(\.heardAt) == [.start, .start.after(70)])
            #expect(claims.map(\.session) == [.s1, .s1])
        },
        ConformanceCheck("durations are those of tasks whose end a callback told us of, of each session and of all") { harness in
            let (t4, other) = (TaskID("task-4")!, SessionID("session-2")!)
            try await harness.register(.t1, .t2, .t3)
            _ = try await harness.store.register([.sample(t4, session: other)], at: .start)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(100))
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d2"), at: .start.after(700))
            _ = try await harness.apply(.answer(.t2, .completed, result: .graded(5), askedAt: .start), at: .start.after(900))
            _ = try await harness.apply(.callback(.t3, .failed, id: "d3"), at: .start.after(50))
            _ = try await harness.apply(.callback(t4, .completed, result: .graded(5), id: "d4"), at: .start.after(1_200))
            let observed = try await harness.store.durations(of: [.s1, SessionID("nowhere")!])
            #expect(observed.bySession == [.s1: [.seconds(600)]])
            #expect(observed.overall == [.seconds(1_200), .seconds(600)])
        },
    ]
}
