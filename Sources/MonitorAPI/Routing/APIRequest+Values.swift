import GradingCore
import HTTPTypes
import NIOHTTP1

extension APIRequest {
    /// The variable segment at this place as a task id, percent-decoded exactly once.
    func taskID(at index: Int = 0) throws(Problem) -> TaskID {
        guard let id = parameters[index].percentDecoded.flatMap(TaskID.init) else { throw .badTaskID }
        return id
    }

    /// The variable segment at this place as a session id, percent-decoded exactly once.
    func sessionID(at index: Int = 0) throws(Problem) -> SessionID {
        guard let id = parameters[index].percentDecoded.flatMap(SessionID.init) else { throw .badSessionID }
        return id
    }

    /// A query parameter's value, decoded; `nil` when it is not there. Twice is an error: which one would count?
    func queryValue(_ name: String) throws(Problem) -> String? {
        var found: String?
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].percentDecoded == name else { continue }
            guard found == nil, let value = (parts.count > 1 ? parts[1] : "").percentDecoded else {
                throw Problem(.badRequest, "The query parameter \(name) is given twice or cannot be read.")
            }
            found = value
        }
        return found
    }

    /// Whether a `Content-Type` is present and is not JSON (`application/json` or any `+json`, with parameters or without).
    var isDeclaredOtherThanJSON: Bool {
        let declared = fields["content-type"]
        guard !declared.isEmpty, declared != ["application/json"] else { return false }
        let essence = (declared.joined(separator: ", ").split(separator: ";", omittingEmptySubsequences: false).first ?? "")
            .trimming { $0 == " " || $0 == "\t" }.lowercased()
        guard essence != "application/json" else { return false }
        let parts = essence.split(separator: "/", omittingEmptySubsequences: false)
        return !(parts.count == 2 && !parts[0].isEmpty && parts[1].hasSuffix("+json") && parts[1] != "+json")
    }
}

extension Substring {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !isBlank($0) }) else { return "" }
        return self[...last].drop(while: isBlank)
    }
}
