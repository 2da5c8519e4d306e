import Logging

/// Applies the callbacks that came before their task, now that it is there.
struct ParkedReports: Sendable {
    /// As many as go into one transaction.
    static let pageSize = 256

    let store: any Store
    let commits: CommitQueue
    let logger: Logger

    /// Returns how many were applied. Throws when the database does not serve and nothing could be done.
    func apply() async throws(StoreError) -> Int {
        var applied = 0
        while true {
            let page: Page
            do throws(StoreError) {
                page = await submit(try await store.parkedReports(limit: Self.pageSize))
            } catch {
                // What was applied is committed; the rest stays parked for the next sweep.
                if applied > 0 { return applied }
                throw error
            }
            applied += page.applied
            // A page in which nothing leaves the ledger would come again for ever.
            if page.settled == 0 {
                if let failure = page.storeFailure, applied == 0 { throw failure }
                return applied
            }
        }
    }

    private struct Page {
        var settled = 0
        var applied = 0
        var storeFailure: StoreError?
    }

    /// The tasks all at once, so that they share a transaction; the reports of one task in the order in which they came,
    /// since of two different endings the first is kept.
    private func submit(_ reports: [TaskReport]) async -> Page {
        await withTaskGroup(of: [Result<ReportOutcome, CommitError>].self) { group in
            for ofOneTask in byTask(reports) {
                group.addTask {
                    var results: [Result<ReportOutcome, CommitError>] = []
                    for report in ofOneTask { results.append(await result(of: report)) }
                    return results
                }
            }
            var page = Page()
            for await results in group {
                for result in results { count(result, in: &page) }
            }
            return page
        }
    }

    /// In the order in which the tasks were first spoken of, and not in that of a hash table: so the same ledger makes the same run.
    private func byTask(_ reports: [TaskReport]) -> [[TaskReport]] {
        var positions: [TaskID: Int] = [:]
        return reports.reduce(into: []) { groups, report in
            if let position = positions[report.task] {
                groups[position].append(report)
            } else {
                positions[report.task] = groups.count
                groups.append([report])
            }
        }
    }

    private func result(of report: TaskReport) async -> Result<ReportOutcome, CommitError> {
        do throws(CommitError) { return .success(try await commits.submit(report)) } catch { return .failure(error) }
    }

    private func count(_ result: Result<ReportOutcome, CommitError>, in page: inout Page) {
        switch result {
        case .success(let outcome):
            if outcome.disposition != .parked { page.settled += 1 }
            if outcome.disposition == .applied { page.applied += 1 }
        case .failure(.store(.rejected(let reason))):
            logger.warning("The database refuses a parked callback; it stays parked", metadata: ["reason": "\(reason)"])
        case .failure(.store(let error)):
            page.storeFailure = error
        case .failure(.full), .failure(.draining):
            break
        }
    }
}
