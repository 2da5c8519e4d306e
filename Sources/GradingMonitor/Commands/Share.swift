import ArgumentParser

/// A share from 0 to 1, as an argument.
struct Share: Sendable, Equatable {
    let value: Double
}

extension Share: ExpressibleByArgument {
    init?(argument: String) {
        guard let value = Double(argument), (0...1).contains(value) else { return nil }
        self.init(value: value)
    }

    var defaultValueDescription: String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
}

extension Share: ExpressibleByIntegerLiteral {
    init(integerLiteral value: Int) { self.init(value: Double(value)) }
}
