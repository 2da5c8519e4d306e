import ArgumentParser

/// The delivery ledger, for whoever is on call.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Show what callbacks came, what became of them, and why some were refused.",
        usage: "grading-monitor deliveries [list | replay] [<options>]",
        discussion: """
            Reads the database, newest first, with or without a server running, and needs no secrets. Of a refused callback it \
            says the cause: a secret that was retired, a clock that is wrong, and by how much. `deliveries list --help` has \
            the options.

              grading-monitor deliveries --outcome refused
              grading-monitor deliveries --outcome parked --json
              grading-monitor deliveries replay msg_p5jXN8AQM9LWM0D4loKWxJek
            """,
        subcommands: [ListDeliveriesCommand.self, ReplayDeliveryCommand.self],
        defaultSubcommand: ListDeliveriesCommand.self
    )
}
