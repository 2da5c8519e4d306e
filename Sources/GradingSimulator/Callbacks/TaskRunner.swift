import GradingCore
import Logging
import ServiceLifecycle

/// Plays each uploaded task's plan: waits for the time of each step, then does it.
struct TaskRunner: Service {
    let tasks: SimulatedTasks
    let sender: CallbackSender
    let configuration: SimulatorConfiguration
    /// Signs with the receiver's secret.
    let signer: WebhookSigner
    /// Signs with a secret that the receiver does not know.
    let forger: WebhookSigner
    let logger: Logger

    /// Runs until graceful shutdown, which ends all tasks where they stand.
    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await task in tasks.uploads.cancelOnGracefulShutdown() {
                group.addTask { await play(task) }
            }
            group.cancelAll()
        }
    }

    /// One step after another: a late progress event shall not overtake the final callback's retries.
    func play(_ task: SimulatedTask) async {
        var state = SendingState(jitter: SplitMix64(seed: configuration.seed, name: "retries/\(task.id)"))
        for step in task.plan.steps {
            guard await wait(until: task.uploadedAt.advanced(by: step.offset)) else { return }
            guard await perform(step.action, for: task, &state) else { return }
        }
    }

    /// Returns whether the time has come; `false` when cancelled.
    private func wait(until time: Timestamp) async -> Bool {
        // In a loop: the clock that sleeps is not the clock that tells the state of a task, and may wake a moment too early.
        while true {
            let remaining = sender.wallClock.now().duration(to: time)
            guard remaining > .zero else { return !Task.isCancelled }
            guard (try? await sender.clock.sleep(for: remaining)) != nil else { return false }
        }
    }

    /// Returns whether the plan goes on.
    private func perform(
        _ action: PlannedStep.Action,
        for task: SimulatedTask,
        _ state: inout SendingState
    ) async -> Bool {
        switch action {
        case .lose:
            await tasks.count(\.lost)
        case .final:
            return await sendFinal(task, &state)
        case .copy:
            await tasks.count(\.repeated)
            await send(final(task), signer: signer, attempts: 1, &state)
        case .progress(let index, let late):
            await tasks.count(\.progressSent)
            if late { await tasks.count(\.reordered) }
            await send(progress(index, of: task), signer: signer, attempts: 1, &state)
        case .forge:
            await forge(task, &state)
        }
        return true
    }

    private func sendFinal(_ task: SimulatedTask, _ state: inout SendingState) async -> Bool {
        if task.plan.delay > .zero { await tasks.count(\.delayed) }
        let result = await send(final(task), signer: signer, &state)
        switch result.outcome {
        case .delivered:
            await tasks.count(\.delivered)
            return true
        case .cancelled:
            return false
        case .refused, .exhausted:
            await tasks.count(\.givenUp)
            logger.warning("gave a final callback up", metadata: ["task": "\(task.id)", "outcome": "\(result.outcome)"])
            return false
        }
    }

    private func forge(_ task: SimulatedTask, _ state: inout SendingState) async {
        let forged = OutgoingCallback(route: route(), id: task.plan.forgedDelivery, body: task.forgedBody)
        await tasks.count(\.forgedSent)
        let result = await send(forged, signer: forger, attempts: 1, &state)
        switch result.outcome {
        case .delivered: await tasks.count(\.forgedAccepted)
        case .refused(status: 401), .refused(status: 429): await tasks.count(\.forgedRejected)
        default: break
        }
    }

    /// Sends a callback and counts what became of it.
    /// - Parameter attempts: tries at most; `nil` for as many as the retry policy allows. What nobody would miss is tried once.
    @discardableResult
    private func send(
        _ callback: OutgoingCallback,
        signer: WebhookSigner,
        attempts: Int? = nil,
        _ state: inout SendingState
    ) async -> DeliveryResult {
        var callback = callback
        if let receiver = state.nextReceivers[callback.id] {
            callback.route.first = receiver
        } else {
            callback.route.first = await tasks.nextTurn()
        }
        let result = await sender.send(callback, signer: signer, attempts: attempts, jitter: &state.jitter)
        state.nextReceivers[callback.id] = callback.route.receiver(attempt: result.attempts + 1)
        await count(result, by: callback.route.receiver(attempt: result.attempts))
        return result
    }

    private func count(_ result: DeliveryResult, by receiver: Int) async {
        await tasks.count(\.callbacksSent, by: result.attempts)
        if result.outcome == .delivered { await tasks.countTaken(by: receiver) }
        if result.word == "duplicate" { await tasks.count(\.duplicatesAnswered) }
    }

    private func final(_ task: SimulatedTask) -> OutgoingCallback {
        OutgoingCallback(route: route(), id: task.plan.finalDelivery, body: task.finalBody)
    }

    private func progress(_ index: Int, of task: SimulatedTask) -> OutgoingCallback {
        OutgoingCallback(
            route: route(path: "/\(task.id)"),
            id: task.plan.progressDeliveries[index],
            body: task.progressBody(index)
        )
    }

    private func route(path: String = "") -> CallbackRoute {
        CallbackRoute(urls: configuration.callbackURLs, path: path)
    }
}
