/// What an operator can ask the ledger for: one of the outcomes of a delivery, or those that had none.
package enum LedgerOutcome: Sendable, Hashable, CaseIterable {
    case remembered(Disposition)
    case refused

    package static let allCases = Disposition.allCases.map(remembered) + [refused]

    /// The word in the query and in the answer.
    package var word: String {
        switch self {
        case .remembered(let disposition): disposition.rawValue
        case .refused: "refused"
        }
    }

    /// `nil` for any other word.
    package init?(word: String) {
        guard let outcome = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = outcome
    }
}
