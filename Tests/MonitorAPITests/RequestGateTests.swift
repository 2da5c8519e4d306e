import NIOCore
import NIOEmbedded
import Testing

@testable import MonitorAPI

/// What a real connection cannot show for certain: the order of things that happen at the same time.
@Suite("A connection's gate")
struct RequestGateTests {
    private static let request = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let prompt = "GET /prompt HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("reads one piece behind a request that is being answered, and nothing beyond it")
    func readsAhead() throws {
        let bench = try GateBench()
        try bench.receive(Self.request)
        #expect(bench.reads == 1)
        try bench.receive(Self.request)
        #expect(bench.reads == 1)
        bench.answer()
        #expect(bench.reads == 2)
        bench.answer()
        #expect(bench.statuses == ["200", "200"])
    }

    @Test("answers what a sender sent at once in its order, however much it is")
    func pipelined() throws {
        let bench = try GateBench()
        try bench.receive(Self.request + String(repeating: Self.prompt, count: 10_000) + Self.request)
        #expect(bench.statuses == [])
        bench.answer()
        #expect(bench.statuses.count == 10_001)
        bench.answer()
        #expect(bench.statuses.count == 10_002)
    }

    @Test("lets other connections have their turn after 64 answers at once, to requests that waited and to others")
    func turns() throws {
        let bench = try GateBench()
        try bench.receive(String(repeating: Self.prompt, count: 100))
        #expect(bench.statusesBeforeNextTurn.count == 64)
        #expect(bench.statuses.count == 100)
        try bench.receive(Self.request + String(repeating: Self.prompt, count: 100))
        bench.answer()
        #expect(bench.statusesBeforeNextTurn.count == 165)
        #expect(bench.statuses.count == 201)
    }

    @Test("keeps no more of a flood than one turn reads, and closes")
    func flood() throws {
        let bench = try GateBench()
        try bench.receive(Self.request + String(repeating: Self.prompt, count: 20_000))
        #expect(!bench.isOpen)
    }

    @Test("answers that it is ending when nobody takes what needs a task any more")
    func nobodyTakesCalls() throws {
        let bench = try GateBench()
        bench.endCalls()
        try bench.receive("GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(bench.statuses == ["503"])
    }

    @Test("sends no body with a refused HEAD")
    func refusedHead() throws {
        let bench = try GateBench()
        try bench.receive("HEAD /prompt HTTP/1.1\r\n\r\n")
        #expect(bench.statuses == ["400"])
        #expect(bench.answers.hasSuffix("\r\n\r\n"))
    }

    @Test("closes after the last answer is sent, not over it, and listens on for a while then")
    func lastAnswerIsSent() throws {
        let bench = try GateBench()
        try bench.receive("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        bench.holdWrites()
        bench.answer()
        bench.eventLoop.advanceTime(by: .seconds(29))
        #expect(!bench.isOutputClosed)
        #expect(bench.isOpen)
        bench.releaseWrites()
        #expect(bench.isOutputClosed)
        bench.eventLoop.advanceTime(by: .seconds(1))
        #expect(bench.isOpen)
        bench.eventLoop.advanceTime(by: .seconds(1))
        #expect(!bench.isOpen)
    }

    @Test("takes no further request while the sender leaves its answers unread")
    func unread() throws {
        let bench = try GateBench()
        bench.setWritable(false)
        try bench.receive(Self.prompt)
        #expect(bench.statuses == [])
        bench.setWritable(true)
        #expect(bench.statuses == ["200"])
    }

    @Test("closes when the sender leaves its answers unread for too long")
    func unreadForTooLong() throws {
        let bench = try GateBench()
        bench.setWritable(false)
        bench.eventLoop.advanceTime(by: .seconds(29))
        bench.setWritable(true)
        bench.setWritable(false)
        bench.eventLoop.advanceTime(by: .seconds(29))
        #expect(bench.isOpen)
        bench.eventLoop.advanceTime(by: .seconds(1))
        #expect(!bench.isOpen)
    }

    @Test("gives a request that began during another's answer no more time than any")
    func drippedBehind() throws {
        let bench = try GateBench()
        try bench.receive(Self.request)
        try bench.receive("GET /sl")
        bench.answer()
        bench.eventLoop.advanceTime(by: .seconds(29))
        #expect(bench.isOpen)
        bench.eventLoop.advanceTime(by: .seconds(1))
        #expect(!bench.isOpen)
    }

    @Test("is in no hurry while it waits for an answer, nor for the next request")
    func patient() throws {
        let bench = try GateBench()
        try bench.receive(Self.request)
        bench.eventLoop.advanceTime(by: .hours(1))
        bench.answer()
        bench.eventLoop.advanceTime(by: .seconds(59))
        #expect(bench.isOpen)
        bench.eventLoop.advanceTime(by: .seconds(1))
        #expect(!bench.isOpen)
    }

    @Test("answers all that came before the sender closed its side, then closes")
    func halfClosed() throws {
        let bench = try GateBench()
        try bench.receive(Self.request + Self.request)
        bench.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        bench.answer()
        #expect(bench.statuses == ["200"])
        #expect(!bench.answers.contains("Connection: close"))
        bench.answer()
        #expect(bench.statuses == ["200", "200"])
        #expect(bench.answers.contains("Connection: close\r\n"))
        #expect(bench.isOutputClosed)
    }

    @Test("has nothing to say to a sender that has gone")
    func gone() throws {
        let bench = try GateBench()
        try bench.receive(Self.request)
        bench.channel.close(promise: nil)
        bench.eventLoop.run()
        bench.answer()
        #expect(bench.statuses == [])
    }

    @Test("closes at once when the connection itself fails, whatever is under way")
    func failed() throws {
        let bench = try GateBench()
        try bench.receive(Self.request + Self.request)
        bench.channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        #expect(!bench.isOpen)
    }

    @Test("goes with its connection, when nobody is left who would answer on it")
    func nothingLeft() throws {
        var bench: GateBench? = try GateBench()
        weak let gate = bench?.gate
        try bench?.receive(Self.request + Self.request)
        bench?.setWritable(false)
        bench?.channel.close(promise: nil)
        bench?.eventLoop.run()
        bench?.answer()
        #expect(gate != nil)
        bench = nil
        #expect(gate == nil)
    }

    // MARK: Shutdown

    @Test("closes at shutdown when no whole head is here", arguments: ["", "GET /sl"])
    func quiescedIdle(_ received: String) throws {
        let bench = try GateBench()
        try bench.receive(received)
        bench.quiesce()
        #expect(!bench.isOpen)
    }

    @Test("answers what is under way at shutdown, as the last, and closes at once")
    func quiescedAnswering() throws {
        let bench = try GateBench()
        try bench.receive(Self.request + Self.request)
        bench.quiesce()
        #expect(bench.isOpen)
        bench.answer()
        #expect(bench.statuses == ["200"])
        #expect(bench.answers.contains("Connection: close\r\n"))
        #expect(!bench.isOpen)
    }

    @Test("takes in the rest of a body at shutdown, and answers")
    func quiescedReceiving() throws {
        let bench = try GateBench()
        try bench.receive("POST /prompt HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{")
        bench.quiesce()
        #expect(bench.isOpen)
        try bench.receive("}" + Self.prompt)
        #expect(bench.statuses == ["405"])
        #expect(bench.answers.contains("Connection: close\r\n"))
        #expect(!bench.isOpen)
    }

    @Test("lets a refused sender read why, at shutdown too")
    func quiescedRefused() throws {
        let bench = try GateBench()
        try bench.receive("GET /prompt HTTP/1.1\r\n\r\n")
        bench.quiesce()
        #expect(bench.isOpen)
        bench.eventLoop.advanceTime(by: .seconds(2))
        #expect(!bench.isOpen)
    }
}
