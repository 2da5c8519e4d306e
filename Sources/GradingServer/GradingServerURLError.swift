/// Why a base URL cannot be used. A whole clause for the operator; quotes nothing of the URL, which may hold a password.
package enum GradingServerURLError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed
    case scheme
    /// A secret in a URL ends up in logs.
    case userInfo
    case queryOrFragment
    case host

    package var description: String {
        switch self {
        case .malformed: "the grading server's URL is not a URL"
        case .scheme: "the grading server's URL does not begin with http:// or https://"
        case .userInfo: "the grading server's URL holds a user name or password, which has no place in a URL"
        case .queryOrFragment: "the grading server's URL has a query or a fragment"
        case .host: "the grading server's URL has no host, or a port that does not exist"
        }
    }
}
