import GradingCore
import Testing

extension CallbackRefusal {
    fileprivate static func sample(_ id: String, at: Timestamp = .start, task: TaskID? = nil, count: Int = 1) -> CallbackRefusal {
        CallbackRefusal(
            id: id,
            receivedAt: at,
            reason: .retiredKey,
            detail: "Signed with a retired secret.",
            sender: "192.0.2.1",
            deliveryID: "msg_\(id)",
            task: task,
            keyID: "k-00000000",
            bodyHash: Array(repeating: 7, count: 32),
            size: 2_048,
            count: count
        )
    }

    fileprivate func standing(for count: Int) -> CallbackRefusal {
        .sample(id, at: receivedAt, task: task, count: count)
    }
}

extension StoreHarness {
    fileprivate func ids(_ outcome: Disposition? = nil, of task: TaskID? = nil) async throws -> [String] {
        try await store.deliveries(LedgerPage(limit: 100, task: task), outcome: outcome).map(\.id)
    }
}

extension StoreConformance {
    static let ledgerChecks = [
        ConformanceCheck("the ledger has deliveries newest first, page by page, also when they share a millisecond") { harness in
            try await harness.register(.t1)
            // Ids in the order of bytes, not of any language: "B" < "a" < "b".
            for (second, ids) in [["a", "B", "b"], ["c", "d"]].enumerated() {
                let reports = ids.map { TaskReport.callback(.t1, .processing, id: $0) }
                _ = try await harness.store.apply(reports, at: .start.after(second))
            }
            var paged: [LedgerDelivery] = []
            var cursor: LogCursor?
            repeat {
                let page = try await harness.store.deliveries(LedgerPage(limit: 2, before: cursor), outcome: nil)
                paged += page
                cursor = page.last.map { LogCursor(createdAt: $0.receivedAt, id: $0.id) }
            } while cursor != nil
            #expect(paged.map(\.id) == ["d", "c", "b", "a", "B"])
            let since = LedgerPage(limit: 10, before: LogCursor(createdAt: .start.after(1), id: nil))
            #expect(try await harness.store.deliveries(since, outcome: nil).map(\.id) == ["b", "a", "B"])
        },
        ConformanceCheck("a page of the ledger ends in the middle of a batch, and the next one goes on there") { harness in
            try await harness.register(.t1)
            // Not in the order of their ids, and more than a page in one moment.
            for (second, letter) in ["b", "a"].enumerated() {
                let reports = (0..<200).map { TaskReport.callback(.t1, .processing, id: "\(letter)\($0 * 77 % 200)") }
                _ = try await harness.store.apply(reports, at: .start.after(second))
            }
            for outcome in [nil, Disposition.applied] {
                var paged: [LogCursor] = []
                repeat {
                    let page = LedgerPage(limit: 150, before: paged.last)
                    let rows = try await harness.store.deliveries(page, outcome: outcome)
                    paged += rows.map { LogCursor(createdAt: $0.receivedAt, id: $0.id) }
                    if rows.isEmpty { break }
                } while true
                let ids = (0..<200).map { "\($0)" }.sorted(by: >)
                #expect(paged.map { $0.id ?? "" } == ids.map { "a" + $0 } + ids.map { "b" + $0 })
            }
        },
        ConformanceCheck("the ledger tells of each delivery what came and what became of it, by outcome and by task") { harness in
            try await harness.register(.t1, .t2)
            for (second, report) in [
                TaskReport.callback(.t1, .processing, id: "1-applied"),
                .callback(.t1, .completed, result: .graded(5), id: "2-graded"),
                .callback(.t1, .processing, id: "3-stale"), .callback(.t1, .failed, id: "4-conflict"),
                .callback(.t1, .completed, result: .graded(5), id: "5-duplicate"), .callback(.t3, .processing, id: "6-parked"),
                .callback(.t2, .processing, id: "7-applied"), .callback(.t2, .failed, id: "7-applied", hash: 9),
            ].enumerated() { _ = try await harness.apply(report, at: .start.after(second)) }
            #expect(try await harness.ids(.applied) == ["7-applied", "2-graded", "1-applied"])
            #expect(try await harness.ids(.stale) == ["3-stale"])
            #expect(try await harness.ids(.duplicate) == ["5-duplicate"])
            #expect(try await harness.ids(.parked) == ["6-parked"])
            #expect(try await harness.ids(.conflict) == ["7-applied", "4-conflict"])
            #expect(try await harness.ids(.applied, of: .t1) == ["2-graded", "1-applied"])
            #expect(try await harness.ids(.conflict, of: .t1) == ["4-conflict"])
            #expect(try await harness.ids(of: .t2) == ["7-applied"])
            #expect(try await harness.ids(.parked, of: .t2) == [])
            let other = try await harness.store.deliveries(LedgerPage(limit: 1, task: .t2), outcome: nil)
            let expected = LedgerDelivery(
                id: "7-applied",
                task: .t2,
                keyID: "k-test",
                receivedAt: .start.after(6),
                disposition: .applied,
                hasConflict: true,
                bodyHash: Array(repeating: 1, count: 32)
            )
            #expect(other == [expected])
        },
        ConformanceCheck("a delivery is found by its id, with its report for as long as it is parked") { harness in
            let early = TaskReport.callback(.t1, .completed, result: .graded(15), id: "d1")
            _ = try await harness.apply(early)
            let parked = try #require(try await harness.store.delivery("d1"))
            #expect(parked.report == early && parked.delivery.disposition == .parked)
            try await harness.register(.t1)
            _ = try await harness.apply(early, at: .start.after(5))
            let settled = try #require(try await harness.store.delivery("d1"))
            #expect(settled.report == nil && settled.delivery.disposition == .applied)
            #expect(settled.delivery.receivedAt == .start)
            #expect(try await harness.store.delivery("d2") == nil)
        },
        ConformanceCheck("refusals are kept as they are, newest first, and by task; more of the same are added up") { harness in
            let first = CallbackRefusal.sample("r1")
            let second = CallbackRefusal.sample("r2", task: .t1)
            let third = CallbackRefusal.sample("r3", at: .start.after(1), task: .t2)
            try await harness.store.recordRefusals([first, second, third], more: [:])
            try await harness.store.recordRefusals([], more: ["r1": 4_000, "r2": 1, "gone": 7])
            try await harness.store.recordRefusals([], more: ["r1": 1])
            // Written before, as is found out by writing it again.
            try await harness.store.recordRefusals([first], more: [:])
            let all = try await harness.store.refusals(LedgerPage(limit: 10))
            #expect(all == [third, second.standing(for: 2), first.standing(for: 4_002)])
            #expect(try await harness.store.refusals(LedgerPage(limit: 10, task: .t2)) == [third])
            let older = LedgerPage(limit: 1, before: LogCursor(createdAt: .start, id: "r2"))
            #expect(try await harness.store.refusals(older).map(\.id) == ["r1"])
        },
        ConformanceCheck("a refusal of which next to nothing is known is kept all the same") { harness in
            let bare = CallbackRefusal(
                id: "r1",
                receivedAt: .start,
                reason: .bodyTooLarge,
                detail: "ọ̀",
                sender: "unknown",
                deliveryID: nil,
                task: nil,
                keyID: nil,
                bodyHash: nil,
                size: nil,
                count: 1
            )
            try await harness.store.recordRefusals([bare], more: [:])
            #expect(try await harness.store.refusals(LedgerPage(limit: 10)) == [bare])
        },
        ConformanceCheck("of the refusals the newest 10,000 are kept, for as long as deliveries") { harness in
            let most = CallbackRefusal.maximumKept
            let many = (0..<most).map { CallbackRefusal.sample("r\($0)", at: .start.after($0)) }
            try await harness.store.recordRefusals(many, more: [:])
            try await harness.store.recordRefusals([.sample("new", at: .start.after(most))], more: [:])
            let newest = try await harness.store.refusals(LedgerPage(limit: 2))
            #expect(newest.map(\.id) == ["new", "r\(most - 1)"])
            let oldest = LogCursor(createdAt: .start.after(2), id: nil)
            #expect(try await harness.store.refusals(LedgerPage(limit: 10, before: oldest)).map(\.id) == ["r1"])
            #expect(try await harness.store.prune(PruneLimits(at: .start.after(80 * 3_600 + 11))) == 10)
        },
    ]
}
