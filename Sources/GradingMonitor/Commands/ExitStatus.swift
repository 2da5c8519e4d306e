/// What the process says with its exit status, after `sysexits.h`, which service managers and cron scripts know.
enum ExitStatus: Int32, Sendable {
    /// The command ran, and what was asked for did not come true.
    case failure = 1
    /// EX_UNAVAILABLE: the database, the port or the other server cannot be had now.
    case unavailable = 69
    /// EX_CONFIG: an operator has to change something; starting again will not help.
    case configuration = 78
}
