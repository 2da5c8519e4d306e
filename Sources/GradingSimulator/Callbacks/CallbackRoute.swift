/// The receivers of one callback, in the order in which its tries go round them.
struct CallbackRoute: Sendable, Equatable {
    /// At least one.
    let urls: [String]
    /// Added to each of them; empty or beginning with a slash.
    var path = ""
    /// Which of the receivers the first try goes to, counted round and round from 0.
    var first = 0

    /// Where a try goes.
    /// - Parameter attempt: from 1.
    func url(attempt: Int) -> String { urls[receiver(attempt: attempt)] + path }

    /// Which of the receivers that is.
    func receiver(attempt: Int) -> Int { (first + attempt - 1) % urls.count }
}
