import Glibc

/// How many files and sockets this process may have open.
enum OpenFileLimit {
    /// Raises the soft limit to the hard one and returns it. The soft default of 1,024 is for programs that use `select`.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let raised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Int(clamping: raised ? limit.rlim_max : soft)
    }

    /// The connections that leave room for the database, the grading server and the runtime's own files.
    static func connections(of files: Int) -> Int {
        max(16, min(2_048, files - 128))
    }
}
