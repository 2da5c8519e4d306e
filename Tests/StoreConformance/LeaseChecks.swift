import GradingCore
import Testing

extension InstanceLease {
    fileprivate static func sweep(by owner: String, at second: Int, until end: Int) -> InstanceLease {
        InstanceLease(name: "sweep", owner: owner, now: .start.after(second), expiresAt: .start.after(end))
    }
}

extension StoreHarness {
    fileprivate func acquire(_ lease: InstanceLease) async throws -> Bool {
        try await store.acquire(lease)
    }
}

extension StoreConformance {
    static let leaseChecks = [
        ConformanceCheck("a lease is one owner's until it ends, to the millisecond") { harness async throws in
            #expect(try await harness.acquire(.sweep(by: "a", at: 0, until: 60)))
            #expect(try await !harness.acquire(.sweep(by: "b", at: 0, until: 99)))
            let early = InstanceLease(
                name: "sweep",
                owner: "b",
                now: .start.advanced(by: .milliseconds(59_999)),
                expiresAt: .start.after(120)
            )
            #expect(try await !harness.acquire(early))
            #expect(try await harness.acquire(.sweep(by: "b", at: 60, until: 120)))
            #expect(try await !harness.acquire(.sweep(by: "a", at: 61, until: 120)))
        },
        ConformanceCheck("an owner renews its lease before the end, and shortens it too") { harness async throws in
            #expect(try await harness.acquire(.sweep(by: "a", at: 0, until: 60)))
            #expect(try await harness.acquire(.sweep(by: "a", at: 30, until: 100)))
            #expect(try await !harness.acquire(.sweep(by: "b", at: 60, until: 160)))
            #expect(try await harness.acquire(.sweep(by: "a", at: 70, until: 80)))
            #expect(try await harness.acquire(.sweep(by: "b", at: 80, until: 160)))
        },
        ConformanceCheck("only its owner gives a lease back, and then anyone may have it") { harness async throws in
            #expect(try await harness.acquire(.sweep(by: "a", at: 0, until: 60)))
            try await harness.store.releaseLease(named: "sweep", owner: "b")
            #expect(try await !harness.acquire(.sweep(by: "b", at: 1, until: 60)))
            try await harness.store.releaseLease(named: "sweep", owner: "a")
            #expect(try await harness.acquire(.sweep(by: "b", at: 1, until: 60)))
            try await harness.store.releaseLease(named: "sweep", owner: "a")
            #expect(try await !harness.acquire(.sweep(by: "a", at: 2, until: 60)))
            try await harness.store.releaseLease(named: "nothing", owner: "a")
        },
        ConformanceCheck("leases of two names do not know each other") { harness async throws in
            #expect(try await harness.acquire(.sweep(by: "a", at: 0, until: 60)))
            let other = InstanceLease(name: "alerts", owner: "b", now: .start, expiresAt: .start.after(60))
            #expect(try await harness.acquire(other))
        },
        ConformanceCheck("of many that ask for a lease at once, one gets it") { harness async throws in
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask { try await harness.acquire(.sweep(by: "owner-\(number)", at: 0, until: 60)) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
        },
    ]
}
