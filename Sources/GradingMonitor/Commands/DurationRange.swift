import ArgumentParser

/// Two times, the shorter first, as an argument: `2...8`, `500ms...2s`; one time alone is both.
struct DurationRange: Sendable, Equatable {
    let bounds: ClosedRange<Duration>
}

extension DurationRange: ExpressibleByArgument {
    init?(argument: String) {
        guard let dots = argument.firstRange(of: "...") else {
            guard let duration = Duration(configurationText: argument) else { return nil }
            self.init(bounds: duration...duration)
            return
        }
        guard let lower = Duration(configurationText: String(argument[..<dots.lowerBound])),
            let upper = Duration(configurationText: String(argument[dots.upperBound...])), lower <= upper
        else { return nil }
        self.init(bounds: lower...upper)
    }

    var defaultValueDescription: String {
        "\(bounds.lowerBound.configurationText)...\(bounds.upperBound.configurationText)"
    }
}
