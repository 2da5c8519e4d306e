import Configuration
import FoundationEssentials

/// Where settings come from, strongest first: flags, environment, JSON file, defaults of the occasion.
struct ConfigurationSources: Sendable {
    /// Settings given as flags; those that were not given are left out.
    var flags: [Setting: String] = [:]
    var environment: [String: String] = ProcessInfo.processInfo.environment
    /// The path of `--config`; `nil` without one.
    var file: String?
    /// What this run uses instead of the documented defaults (`serve --dev`).
    var defaults: [Setting: String] = [:]

    /// An environment variable that is set to nothing counts as not set, as a compose file leaves it.
    func reader() async throws(ConfigurationError) -> ConfigReader {
        var providers: [any ConfigProvider] = [
            Self.provider(named: "flags", flags),
            EnvironmentVariablesProvider(
                environmentVariables: environment.filter { !$0.value.trimmingBlanks.isEmpty },
                secretsSpecifier: .specific(Set(Setting.all.filter(\.isSecret).map(\.variable)))
            ),
        ]
        if let file { providers.append(try await Self.fileProvider(file)) }
        providers.append(Self.provider(named: "defaults", defaults))
        return ConfigReader(providers: providers)
    }

    private static func provider(named name: String, _ values: [Setting: String]) -> InMemoryProvider {
        var byKey: [AbsoluteConfigKey: ConfigValue] = [:]
        for (setting, text) in values {
            byKey[AbsoluteConfigKey(ConfigKey(setting.key))] = ConfigValue(.string(text), isSecret: setting.isSecret)
        }
        return InMemoryProvider(name: name, values: byKey)
    }

    private static func fileProvider(_ path: String) async throws(ConfigurationError) -> FileProvider<JSONSnapshot> {
        let secretKeys = Set(Setting.all.filter(\.isSecret).map(\.key))
        do {
            return try await FileProvider<JSONSnapshot>(
                parsingOptions: .init(secretsSpecifier: .specific(secretKeys)),
                config: ConfigReader(provider: InMemoryProvider(values: ["filePath": .init(.string(path), isSecret: false)]))
            )
        } catch {
            // The reader's own words may quote the file, and the file may hold secrets.
            let exists = FileManager.default.isReadableFile(atPath: path)
            throw ConfigurationError(
                "--config",
                exists ? "names a file that is not a JSON object: \(path)" : "names a file that cannot be read: \(path)",
                remedy: "start from config/grading-monitor.example.json"
            )
        }
    }
}
