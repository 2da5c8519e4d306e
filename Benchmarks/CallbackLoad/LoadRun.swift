import NIOCore
import NIOPosix

/// Sends a list of requests over a number of connections.
struct LoadRun {
    let target: Target
    let connections: Int
    let group: MultiThreadedEventLoopGroup

    /// - Parameters:
    ///   - warmup: time at the start whose answers are counted, but not measured.
    ///   - duration: time after the warm-up; the run ends earlier when all requests are sent.
    /// - Returns: the tally of all connections, and the measured seconds.
    func send(_ requests: [ByteBuffer], warmup: TimeAmount, duration: TimeAmount) async throws -> (
        tally: LoadTally, seconds: Double
    ) {
        let source = RequestSource(requests)
        let opened = try await open(source)
        let start = NIODeadline.now()
        let schedule = LoadSchedule(measuresFrom: start + warmup, ends: start + warmup + duration)
        for connection in opened { connection.channel.pipeline.fireUserInboundEventTriggered(schedule) }
        let tally = try await collect(opened, before: schedule.ends + .seconds(30))
        let measured = NIODeadline.now() - schedule.measuresFrom
        return (tally, Double(measured.nanoseconds) / 1e9)
    }

    private typealias Opened = (channel: any Channel, tally: EventLoopFuture<LoadTally>)

    /// All connections before the first request, so that none has a head start.
    private func open(_ source: RequestSource) async throws -> [Opened] {
        var opened: [Opened] = []
        for _ in 0..<connections {
            let finished = group.next().makePromise(of: LoadTally.self)
            do {
                let channel = try await ClientBootstrap(group: group)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(LoadConnection(source: source, finished: finished))
                        }
                    }
                    .connect(host: target.host, port: target.port).get()
                opened.append((channel, finished.futureResult))
            } catch {
                finished.fail(error)
                throw error
            }
        }
        return opened
    }

    /// - Parameter deadline: a server that has not answered by then has stalled: its connections are closed.
    private func collect(_ opened: [Opened], before deadline: NIODeadline) async throws -> LoadTally {
        let channels = opened.map(\.channel)
        let watchdog = group.next().scheduleTask(deadline: deadline) {
            for channel in channels { channel.close(promise: nil) }
        }
        var sum = LoadTally()
        for connection in opened { sum.merge(try await connection.tally.get()) }
        watchdog.cancel()
        return sum
    }
}
