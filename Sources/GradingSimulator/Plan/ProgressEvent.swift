/// An event inside a run, sent as a callback of its own. The words are those of the grading server's progress stream.
package struct ProgressEvent: Sendable, Equatable {
    package let word: String
    package let message: String
    /// When it happens, as a share of the task's duration.
    package let moment: Double
    /// Which part of the grade sheet it speaks of.
    package let part: Int

    /// What every task sends, in order.
    package static let all = [
        ProgressEvent(word: "PAGE_ANALYSIS_START", message: "Analyzing page 1", moment: 0.25, part: 0),
        ProgressEvent(word: "GRADING_PART_COMPLETE", message: "Graded part 1a", moment: 0.5, part: 0),
        ProgressEvent(word: "GRADING_PART_COMPLETE", message: "Graded part 2a", moment: 0.75, part: 2),
    ]
}
