import GradingCore
import GRDB

/// Signals after each commit that appended to the change feed, whatever wrote it.
final class ChangeObserver: TransactionObserver {
    private let signals: Broadcast<Void>
    private var hasChanges = false

    init(signals: Broadcast<Void>) {
        self.signals = signals
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool {
        if case .insert("monitor_changes") = eventKind { true } else { false }
    }

    /// One row is enough to know.
    func databaseDidChange(with event: DatabaseEvent) {
        hasChanges = true
        stopObservingDatabaseChangesUntilNextTransaction()
    }

    func databaseDidCommit(_ db: Database) {
        if hasChanges { signals.send(()) }
        hasChanges = false
    }

    func databaseDidRollback(_ db: Database) {
        hasChanges = false
    }
}
