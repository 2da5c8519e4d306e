import FoundationEssentials
package import GradingCore

/// Where the grading server is: a base URL that was checked, and the addresses made from it.
package struct GradingServerURL: Sendable, Equatable {
    /// Without a slash at its end.
    let text: String

    /// Reads a base URL: `http` or `https`, a host, perhaps a port and a path; a slash at the end makes no difference.
    package init(_ url: String) throws(GradingServerURLError) {
        guard let parts = URLComponents(string: url), url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed
        }
        guard let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme) else { throw .scheme }
        guard parts.user == nil, parts.password == nil else { throw .userInfo }
        guard parts.query == nil, parts.fragment == nil else { throw .queryOrFragment }
        guard let host = parts.host, !host.isEmpty else { throw .host }
        if let port = parts.port, !(1...65_535).contains(port) { throw .host }
        text = String(url.reversed().drop { $0 == "/" }.reversed())
    }

    /// `{base}/api/grade/status/{id}/`
    package func status(of task: TaskID) -> String {
        "\(text)/api/grade/status/\(Self.percentEncoded(task.rawValue))/"
    }

    /// One path segment of a URL: all but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
    ///
    /// Today's task ids hold none but those; an id can be no more than one segment whatever their grammar becomes.
    package static func percentEncoded(_ segment: String) -> String {
        segment.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
