import GradingCore
import Synchronization

/// Tells this instance when there may be new changes, its own at once and those of others through LISTEN and NOTIFY.
final class ChangeSignals: Sendable {
    private let broadcast = Broadcast<Void>(.latestOnly)
    private let listener: ChangeListener
    private let notifier: ChangeNotifier

    init(listener: ChangeListener, notifier: ChangeNotifier) {
        self.listener = listener
        self.notifier = notifier
    }

    /// Whoever listens first opens the connection.
    func listen() -> AsyncStream<Void> {
        listener.start { [broadcast] in broadcast.send(()) }
        return broadcast.listen()
    }

    /// After a commit with changes.
    func noteCommit() {
        broadcast.send(())
        notifier.notify()
    }

    func close() async {
        await listener.close()
        await notifier.close()
        broadcast.finish()
    }
}
