/// The grades that a simulated task ends with.
package struct GradeSheet: Sendable, Equatable {
    /// One answered question.
    package struct Part: Sendable, Equatable {
        /// `1a`, `2b`.
        package let question: String
        /// In halves, from 0 to ``maxScore``.
        package let score: Double
        package let maxScore: Int
        package let feedback: String
        /// The page of the script that the answer stands on, from 1.
        package let page: Int
    }

    package let parts: [Part]

    package var totalScore: Double { parts.reduce(0) { $0 + $1.score } }
    package var maxScore: Int { parts.reduce(0) { $0 + $1.maxScore } }

    /// - Parameter bytes: about how long the JSON with all the feedback shall be.
    static func draw(bytes: Int, using random: inout SplitMix64) -> GradeSheet {
        let questions = ["1a", "1b", "2a", "2b", "3"]
        // A part costs about 70 bytes without its feedback, a callback about 250 around its parts.
        let feedbackBytes = max(20, (bytes - 250) / questions.count - 70)
        let parts = questions.enumerated().map { index, question in
            let maxScore = Int.random(in: 2...10, using: &random)
            // At least half a mark: a sheet of zeros reads as a grader's failure.
            let halves = Int.random(in: 1...(2 * maxScore), using: &random)
            return Part(
                question: question,
                score: Double(halves) / 2,
                maxScore: maxScore,
                feedback: feedback(bytes: feedbackBytes, using: &random),
                page: 1 + index / 2
            )
        }
        return GradeSheet(parts: parts)
    }

    private static func feedback(bytes: Int, using random: inout SplitMix64) -> String {
        var text = ""
        while text.utf8.count < bytes {
            if !text.isEmpty { text += " " }
            text += sentences[Int.random(in: sentences.indices, using: &random)]
        }
        return text
    }

    // With quotes, a backslash, a line break and letters beyond ASCII, because real feedback has them.
    private static let sentences = [
        "The definition is complete and names all three conditions.",
        "The sign in the second line is wrong; the rest follows from it.",
        "\"Osmosis\" is named, but not explained.",
        "Good use of the given data: 3/4 × 12 = 9.",
        "The diagram lacks labels on both axes.",
        "Why α > 0 is left open.",
        "See the marking guide, section 2\\b.",
        "First step right.\nSecond step missing.",
    ]
}
