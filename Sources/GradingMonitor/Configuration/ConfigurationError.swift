/// A setting that the monitor will not start with. Never carries a secret's value.
struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The environment variable's name; the flag and the JSON key follow from it.
    let variable: String
    /// What is wrong with it, as the rest of a sentence that begins with the name.
    let problem: String
    /// What to set instead, and how to make one.
    let remedy: String

    init(_ variable: String, _ problem: String, remedy: String) {
        self.variable = variable
        self.problem = problem
        self.remedy = remedy
    }

    init(_ setting: Setting, _ problem: String, remedy: String) {
        self.init(setting.variable, problem, remedy: remedy)
    }

    /// One line, whatever was read: control characters in a quoted value are escaped.
    var description: String { LogText.escaped("\(variable) \(problem); \(remedy)") }
}
