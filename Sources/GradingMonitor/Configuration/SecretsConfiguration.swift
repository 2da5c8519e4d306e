import GradingCore

/// Who may talk to the server. Each role has secrets of its own; several of one role are live at once, for rotation.
struct SecretsConfiguration: Sendable {
    /// Sign the callbacks.
    var webhook: [WebhookSecret]
    /// Recognised in what is refused, and never accepted.
    var retiredWebhook: [RetiredSecret] = []
    /// The first of ``webhook`` as it was given, for `serve --dev` to print.
    var firstWebhookSecret: String
    /// The ways of signing that are accepted.
    var schemes: [SignatureScheme] = [.standard]
    /// Bearer secrets of cron jobs.
    var cron: [String]
    /// Bearer secrets of people and of the web app.
    var operators: [String]
}

/// Whatever prints, logs or dumps a configuration shows how many secrets there are, and none of them.
extension SecretsConfiguration: CustomStringConvertible, CustomReflectable {
    var description: String {
        "secrets: \(webhook.count) webhook, \(cron.count) cron, \(operators.count) operator"
    }

    var customMirror: Mirror {
        Mirror(self, children: ["webhook": webhook.count, "cron": cron.count, "operators": operators.count])
    }
}
