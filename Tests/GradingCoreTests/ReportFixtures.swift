import GradingCore

/// Short ways to a report in tests.
enum ReportFixtures {
    static let provenance = Provenance(
        source: .callback,
        observedAt: Timestamp(milliseconds: 1_795_429_800_000),
        delivery: Delivery(id: "msg_1", bodyHash: Array(repeating: 7, count: 32), keyID: "key")
    )

    /// Reads a body that names its task itself.
    static func decode(_ json: String, vocabulary: StatusVocabulary = .standard) throws(ReportDecodingError) -> TaskReport {
        try ReportDecoder(vocabulary: vocabulary).decode(Array(json.utf8), task: nil, provenance: provenance)
    }

    /// A report of task `t-1` with these members beside its id.
    static func report(_ members: String) throws(ReportDecodingError) -> TaskReport {
        try decode(#"{"task_id":"t-1",\#(members)}"#)
    }

    /// A completed report with this result.
    static func completed(_ result: String) throws(ReportDecodingError) -> TaskReport {
        try report(#""status":"SUCCESS","result":\#(result)"#)
    }

    static func text(_ result: GradingResult?) -> String? {
        result.map { String(decoding: $0.raw, as: UTF8.self) }
    }
}
