/// A result as the grading server sent it, and what it amounts to.
package struct GradingResult: Sendable, Equatable {
    /// The JSON value as received, byte for byte. Valid JSON in UTF-8.
    package let raw: [UInt8]
    /// Sum of the parts' scores, or the result's own total; `nil` when it has no scores.
    package let totalScore: Double?
    /// Sum of the parts' maxima, or the result's own maximum; `nil` when it has none.
    package let maxScore: Double?
    /// Whether there is a grade in it.
    package let assessment: ResultAssessment
    /// Its parts, in their order, none called like another; empty when it has none.
    package let parts: [GradedPart]

    package init(
        raw: [UInt8],
        totalScore: Double?,
        maxScore: Double?,
        assessment: ResultAssessment,
        parts: [GradedPart] = []
    ) {
        self.raw = raw
        self.totalScore = totalScore
        self.maxScore = maxScore
        self.assessment = assessment
        self.parts = parts
    }
}

/// Whether a completed result holds a grade, or a failure in disguise.
package enum ResultAssessment: Sendable, Hashable {
    case graded
    /// Nothing in it that a person should take for a grade; the reason in a few words, for the log.
    case needsReview(String)
}

extension GradingResult {
    /// 0 to 100 in the usual case; `nil` without scores, with a maximum of 0, or when no double holds it.
    package var percentage: Double? {
        guard let totalScore, let maxScore, maxScore > 0 else { return nil }
        let percentage = totalScore / maxScore * 100
        return percentage.isFinite ? percentage : nil
    }
}
