import FoundationEssentials
package import GradingCore

/// Where a failed task is submitted again: a URL, or a path at the grading server, with places for ids.
///
/// `{taskId}`, `{studentId}`, `{sessionId}` and `{attempt}` stand for the failed task's id, the row ids of its student and session,
/// and the number of the attempt that begins; each is filled in percent-encoded.
package struct ResubmissionURL: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text(String)
        case place(Place)
    }

    fileprivate enum Place: String, CaseIterable, Sendable {
        case task = "{taskId}"
        case student = "{studentId}"
        case session = "{sessionId}"
        case attempt = "{attempt}"
    }

    private let parts: [Part]

    /// - Parameters:
    ///   - template: absolute, or a path that begins with `/`, which is put behind the base URL.
    ///   - base: the grading server's.
    package init(template: String, base: GradingServerURL) throws(ResubmissionURLError) {
        let text = template.hasPrefix("/") ? base.text + template : template
        parts = try Self.parts(of: text)
        // What is filled in is percent-encoded: any will do.
        try Self.check(parts.map { if case .text(let text) = $0 { text } else { "1" } }.joined())
    }

    /// The address at which this attempt is asked for.
    package func url(for resubmission: Resubmission) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .place(let place): GradingServerURL.percentEncoded(place.value(in: resubmission))
            }
        }.joined()
    }

    private static func parts(of template: String) throws(ResubmissionURLError) -> [Part] {
        var parts: [Part] = []
        var rest = template[...]
        while let start = rest.firstIndex(of: "{") {
            guard let place = Place.allCases.first(where: { rest[start...].hasPrefix($0.rawValue) }) else { throw .unknownPlace }
            parts += [.text(try text(rest[..<start])), .place(place)]
            rest = rest[start...].dropFirst(place.rawValue.count)
        }
        guard parts.contains(where: { $0 == .place(.task) || $0 == .place(.student) }) else { throw .noPlace }
        return parts + [.text(try text(rest))]
    }

    private static func text(_ text: Substring) throws(ResubmissionURLError) -> String {
        guard !text.contains("}") else { throw .unknownPlace }
        return String(text)
    }

    private static func check(_ text: String) throws(ResubmissionURLError) {
        guard let url = URLComponents(string: text), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed
        }
        guard ["http", "https"].contains(url.scheme?.lowercased()), let host = url.host, !host.isEmpty else { throw .malformed }
        guard url.user == nil, url.password == nil else { throw .userInfo }
        guard url.fragment == nil else { throw .malformed }
    }
}

extension ResubmissionURL.Place {
    fileprivate func value(in resubmission: Resubmission) -> String {
        switch self {
        case .task: resubmission.task.rawValue
        case .student: resubmission.student.rawValue
        case .session: resubmission.session.rawValue
        case .attempt: "\(resubmission.attempt)"
        }
    }
}

/// Why a template cannot be used. A whole clause for the operator; quotes nothing of it, which may hold a password.
package enum ResubmissionURLError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed
    /// A secret in a URL ends up in logs.
    case userInfo
    case unknownPlace
    case noPlace

    package var description: String {
        switch self {
        case .malformed: "it makes no http:// or https:// URL"
        case .userInfo: "it holds a user name or password, which has no place in a URL"
        case .unknownPlace: "it has braces around something other than taskId, studentId, sessionId or attempt"
        case .noPlace: "it has neither {taskId} nor {studentId}, so that every task would be the same to the grading server"
        }
    }
}
