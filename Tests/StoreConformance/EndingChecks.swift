import GradingCore
import Testing

extension EndingGroup {
    /// In the hour before ``Timestamp/start``, which is at half past.
    fileprivate static func half(
        _ source: ReportSource,
        _ tasks: Int,
        session: SessionID = .s1,
        followed: Bool = false,
        lateness: Int = 0,
        worst: Int = 0
    ) -> EndingGroup {
        EndingGroup(
            hour: .start.after(-1_800),
            session: session,
            source: source,
            callbackFollowed: followed,
            tasks: tasks,
            lateness: .seconds(lateness),
            worstLateness: .seconds(worst)
        )
    }
}

extension StoreHarness {
    /// A sweep's question about a task that has ended, from the claim to the end of the lease.
    fileprivate func sweepEnds(_ task: TaskID, claimedAt second: Int) async throws {
        let now = Timestamp.start.after(second)
        let claim = try await store.claimDueTasks(.at(now, limit: 1)).first { $0.task == task }
        _ = try await apply(.answer(task, .completed, result: .graded(5), askedAt: now), at: now)
        let heardAt = try #require(claim?.heardAt)
        let answer = CheckAnswer.sample(try #require(claim), nextCheckAt: now, lateness: heardAt.duration(to: now))
        try await store.recordAnsweredCheck(answer, at: now)
    }
}

extension StoreConformance {
    static let endingChecks = [
        ConformanceCheck("endings are counted by hour, session and who told us, with how late we learned") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.store.register([.sample(.t3, session: SessionID("session-2")!)], at: .start)
            _ = try await harness.apply(
                .callback(.t2, .processing, id: "d1"),
                .callback(.t3, .failed, id: "d2"),
                at: .start.after(30)
            )
            try await harness.sweepEnds(.t1, claimedAt: 130)
            try await harness.sweepEnds(.t2, claimedAt: 200)
            #expect(
                try await harness.store.endings(since: .start) == [
                    .half(.sweep, 2, lateness: 130 + 170, worst: 170),
                    .half(.callback, 1, session: SessionID("session-2")!),
                ]
            )
        },
        ConformanceCheck("a task knows who told us of its end, and how late where we had to ask") { harness in
            try await harness.register(.t1, .t2, .t3)
            _ = try await harness.apply(.callback(.t2, .completed, result: .graded(5), id: "d1"))
            try await harness.sweepEnds(.t1, claimedAt: 130)
            #expect(try await harness.store.task(.t1)?.learned == Learned(via: .sweep, lateness: .seconds(130)))
            #expect(try await harness.store.task(.t2)?.learned == Learned(via: .callback))
            #expect(try await harness.store.task(.t3)?.learned == nil)
        },
        ConformanceCheck("endings before the time that is asked for are left out, and hours begin on the hour") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"), at: .start.after(1_799))
            _ = try await harness.apply(.callback(.t2, .completed, result: .graded(5), id: "d2"), at: .start.after(1_800))
            let all = try await harness.store.endings(since: .start)
            #expect(all.map(\.hour) == [.start.after(-1_800), .start.after(1_800)])
            #expect(try await harness.store.endings(since: .start.after(1_800)).map(\.hour) == [.start.after(1_800)])
            #expect(try await harness.store.endings(since: .start.after(1_801)).isEmpty)
        },
        ConformanceCheck("a callback that comes after the sweep's answer is late and not lost, a progress event is neither") {
            harness in
            try await harness.register(.t1, .t2, .t3)
            for task in [TaskID.t1, .t2, .t3] { try await harness.sweepEnds(task, claimedAt: 130) }
            _ = try await harness.apply(
                .callback(.t1, .completed, result: .graded(5), id: "d1"),
                .callback(.t2, .completed, result: .graded(6), id: "d2"),
                .callback(.t3, .processing, id: "d3"),
                at: .start.after(140)
            )
            #expect(
                try await harness.store.endings(since: .start) == [
                    .half(.sweep, 1, lateness: 130, worst: 130),
                    .half(.sweep, 2, followed: true, lateness: 260, worst: 130),
                ]
            )
        },
        ConformanceCheck("nothing has ended in an empty database") { harness async throws in
            #expect(try await harness.store.endings(since: .start).isEmpty)
        },
    ]
}
