import NIOHTTP1

/// What a request's head alone decides: whether its body may come, and how.
struct RequestRules: Sendable {
    /// What a head says about the body that follows it.
    struct Admission: Equatable {
        /// From `Content-Length`; `nil` for a chunked body.
        var announcedBytes: Int? = 0
        /// The sender waits for a `100 Continue` before it sends the body.
        var awaitsContinue = false
        /// Nothing behind such a request can be read, whether the offer is taken or not: the decoder parses nothing there.
        var offersUpgrade = false
    }

    let maximumBodyBytes: Int

    /// Judges a head that the decoder has let through. One pass over the headers: this runs for every request.
    func admit(_ head: HTTPRequestHead) throws(Refusal) -> Admission {
        var hosts = 0
        var codings = 0
        var admission = Admission()
        for (name, field) in head.headers {
            // The length picks the few names that matter before anything is compared.
            switch name.utf8.count {
            case 4 where name.matches("host"):
                hosts += 1
            case 6 where name.matches("expect"):
                guard field.withoutPadding.matches("100-continue") else { throw .badExpectation }
                admission.awaitsContinue = head.version >= .http1_1
            case 7 where name.matches("upgrade"):
                admission.offersUpgrade = true
            case 14 where name.matches("content-length"):
                guard let bytes = Int(field.withoutPadding) else { throw .bodyTooLarge }
                guard bytes <= maximumBodyBytes else { throw .bodyTooLarge }
                admission.announcedBytes = bytes
            case 17 where name.matches("transfer-encoding"):
                guard field.withoutPadding.matches("chunked") else { throw .badTransferEncoding }
                codings += 1
            default: break
            }
        }
        guard hosts == 1 || (hosts == 0 && head.version < .http1_1) else { throw .badHost }
        // RFC 9112, section 6.1: HTTP/1.0 knows no transfer codings; one in it is a smuggler's.
        guard codings == 0 || (codings == 1 && head.version >= .http1_1) else { throw .badTransferEncoding }
        if codings == 1 { admission.announcedBytes = nil }
        if admission.announcedBytes == 0 { admission.awaitsContinue = false }
        return admission
    }
}

extension String {
    /// Without the optional white space behind a field's value, which is not part of it (RFC 9110, section 5.5).
    fileprivate var withoutPadding: Substring {
        let end = lastIndex { $0 != " " && $0 != "\t" }
        return end.map { self[...$0] } ?? ""
    }
}

extension StringProtocol {
    /// Whether this is `lowercase` in any case of ASCII. Headers know no other letters.
    fileprivate func matches(_ lowercase: StaticString) -> Bool {
        guard utf8.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            zip(utf8, expected).allSatisfy { byte, wanted in
                byte == wanted || ((0x41...0x5A).contains(byte) && byte | 0x20 == wanted)
            }
        }
    }
}

extension HTTPVersion {
    fileprivate static func < (lhs: HTTPVersion, rhs: HTTPVersion) -> Bool { (lhs.major, lhs.minor) < (rhs.major, rhs.minor) }
    fileprivate static func >= (lhs: HTTPVersion, rhs: HTTPVersion) -> Bool { !(lhs < rhs) }
}
