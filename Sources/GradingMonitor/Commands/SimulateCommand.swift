import ArgumentParser
import GradingCore

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "simulate", abstract: "Play a grading server.")
    func run() async throws { throw CommandFailure(.failure, "not there yet") }
}
