/// Whose secrets open what.
struct Access: Sendable {
    let cron: BearerSecrets
    let `operator`: BearerSecrets
    let cronOrOperator: BearerSecrets

    init(_ configuration: ServerConfiguration) {
        cron = BearerSecrets(configuration.cronSecrets)
        `operator` = BearerSecrets(configuration.operatorSecrets)
        cronOrOperator = BearerSecrets(configuration.cronSecrets + configuration.operatorSecrets)
    }
}
