/// One part of a result: a question, as the web app's first generation keeps it in rows of its own.
package struct GradedPart: Sendable, Equatable {
    /// The question, unique among the parts of a result: 1 to 200 characters (Unicode scalars), and a few more where two were
    /// called the same.
    package let question: String
    /// What a grader gave; `nil` when there is no score, or when the part is an error of the grader.
    package let score: Double?
    /// The most that there was to get; `nil` when the part does not say it, or has no score.
    package let maximum: Double?
    /// What the grader said; `nil` when it said nothing.
    package let feedback: String?

    /// The word in the column `type` of `student_feedback`, as the web app writes it for what the grader said.
    package static let feedbackType = "GENERAL"

    /// In Unicode scalars. Both databases index the name, and PostgreSQL's index takes no text of more than 2,700 bytes.
    private static let longestName = 200

    package init(question: String, score: Double? = nil, maximum: Double? = nil, feedback: String? = nil) {
        self.question = question
        self.score = score
        self.maximum = maximum
        self.feedback = feedback
    }

    fileprivate func named(_ question: String) -> GradedPart {
        GradedPart(question: question, score: score, maximum: maximum, feedback: feedback)
    }

    /// The question's name, fit for an index; where there is none, its place in the list, from 1.
    fileprivate func name(at position: Int) -> String {
        let scalars = question.unicodeScalars.prefix(Self.longestName)
        guard !scalars.isEmpty else { return String(position + 1) }
        if scalars.count == question.unicodeScalars.count, !scalars.contains("\0") { return question }
        return String(String.UnicodeScalarView(scalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}

extension [GradedPart] {
    /// The same parts, none called like another: of two the later one is numbered, `2b (2)`. So no part takes another's row.
    var distinctlyNamed: [GradedPart] {
        if isDistinctlyNamed { return self }
        var taken: Set<String> = []
        return enumerated().map { position, part in
            let name = part.name(at: position)
            var free = name
            var number = 2
            while !taken.insert(free).inserted {
                free = "\(name) (\(number))"
                number += 1
            }
            return free == part.question ? part : part.named(free)
        }
    }

    /// Whether all can keep their names, as the few parts of most results can. A set would cost more than the few comparisons.
    private var isDistinctlyNamed: Bool {
        guard count <= 16 else { return false }
        for position in indices {
            let question = self[position].question
            guard self[position].name(at: position) == question else { return false }
            for other in 0..<position where self[other].question == question { return false }
        }
        return true
    }
}
