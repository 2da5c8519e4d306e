import Foundation
import GradingCore
import Testing

@testable import GradingSimulator

@Suite("What the simulator says about a task")
struct TaskBodiesTests {
    private let start = Timestamp(milliseconds: 1_750_000_000_000)

    private func tasks(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) throws -> [SimulatedTask] {
        let configuration = try testConfiguration(change)
        return try (0..<40).map { index in
            let id = try #require(TaskID("task-\(index)"))
            return SimulatedTask(id: id, plan: .draw(for: id.rawValue, configuration: configuration), uploadedAt: start)
        }
    }

    private func decode(_ body: [UInt8], task: TaskID? = nil) throws -> TaskReport {
        try ReportDecoder().decode(body, task: task, provenance: Provenance(source: .callback, observedAt: start))
    }

    @Test("final callbacks of every shape are read as a grade, and are about 2 KB")
    func finals() throws {
        let tasks = try tasks()
        #expect(Set(tasks.map(\.plan.shape)) == Set(FinalShape.allCases))
        for task in tasks {
            let report = try decode(task.finalBody)
            #expect(report.task == task.id)
            #expect(report.meaning == .known(.completed))
            #expect(report.result?.totalScore == task.plan.grades.totalScore)
            #expect(report.result?.maxScore == Double(task.plan.grades.maxScore))
            #expect(report.result?.assessment == .graded)
            #expect((1_600...2_600).contains(task.finalBody.count))
        }
    }

    @Test("a failing task says so, with an error, in every shape")
    func failures() throws {
        for task in try tasks({ $0.faults.failing = 1 }) {
            let report = try decode(task.finalBody)
            #expect(report.task == task.id)
            #expect(report.meaning == .known(.failed))
            #expect(report.error?.isEmpty == false)
            #expect(try decode(task.statusBody(at: start.advanced(by: .seconds(60)))).meaning == .known(.failed))
        }
    }

    @Test("progress events mean PROCESSING and leave the task's name to the path")
    func progress() throws {
        let task = try tasks()[0]
        for index in ProgressEvent.all.indices {
            let report = try decode(task.progressBody(index), task: task.id)
            #expect(report.meaning == .known(.processing))
            #expect(report.word == ProgressEvent.all[index].word)
            #expect(throws: ReportDecodingError.self) { try decode(task.progressBody(index)) }
        }
    }

    @Test("the status answer follows Celery's words and ends with the callback's result")
    func status() throws {
        for task in try tasks() {
            let words = try [0, 0.15, 0.5, 1].map { moment in
                try decode(task.statusBody(at: start.advanced(by: task.plan.duration * moment))).word
            }
            #expect(words == ["PENDING", "STARTED", "PROGRESS", "SUCCESS"])
            let (asked, told) = (try decode(task.statusBody(at: start.advanced(by: .seconds(60)))), try decode(task.finalBody))
            #expect(asked.result?.totalScore == told.result?.totalScore)
        }
    }

    @Test("a running task tells its current step")
    func currentStep() throws {
        let task = try tasks()[0]
        let body = task.statusBody(at: start.advanced(by: task.plan.duration * 0.6))
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        #expect((answer["progress"] as? [String: String])?["current_step"] == "GRADING_PART_COMPLETE")
    }

    @Test("a forged callback claims a failure")
    func forged() throws {
        let task = try tasks()[0]
        let report = try decode(task.forgedBody)
        #expect(report.task == task.id && report.meaning == .known(.failed))
    }

    @Test("texts are escaped as JSON wants")
    func escapes() throws {
        let text = "a\"b\\c\nd\u{1}e\u{1f}é€😀/"
        let value: JSONValue = [text: .text(text), "n": [.null, .integer(-3), .number(2.5)]]
        let read = try #require(try JSONSerialization.jsonObject(with: Data(value.encoded)) as? [String: Any])
        #expect(read[text] as? String == text)
        #expect((read["n"] as? [Any])?.count == 3)
    }
}
