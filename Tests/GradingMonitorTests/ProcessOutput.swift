import Foundation
import Synchronization

/// What a process writes to one of its streams: line by line as it comes, and all of it in the end.
final class ProcessOutput: Sendable {
    let pipe = Pipe()
    /// Ends with the stream.
    let lines: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let collected = Mutex("")

    init() {
        (lines, continuation) = AsyncStream.makeStream(of: String.self)
    }

    /// All lines, once the stream has ended.
    func text() async -> String {
        for await _ in lines {}
        return collected.withLock { $0 }
    }

    /// The first line from here on that contains this text; `nil` when the stream ends before.
    func line(containing text: String) async -> String? {
        for await line in lines where line.contains(text) { return line }
        return nil
    }

    /// Reads on a thread of its own, because reading blocks.
    func start() {
        Thread.detachNewThread { [self] in
            var rest = Data()
            while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    emit(rest[..<end])
                    rest = Data(rest[(end + 1)...])
                }
            }
            if !rest.isEmpty { emit(rest) }
            continuation.finish()
        }
    }

    private func emit(_ bytes: Data) {
        let line = String(decoding: bytes, as: UTF8.self)
        collected.withLock { $0 += line + "\n" }
        continuation.yield(line)
    }
}
