import GradingCore
import GRDB
enum S { static func q() throws { _ = try DatabaseQueue() } }
