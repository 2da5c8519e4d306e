#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whole lines to standard output and standard error, unbuffered: who reads a pipe sees each line when it is written.
enum StandardStreams {
    /// What the user asked for.
    static func output(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// Everything else: logs, errors.
    static func error(_ line: String) { write(line, to: STDERR_FILENO) }

    /// One call for a line, so that lines of several threads do not mix (write(2); atomic up to PIPE_BUF).
    /// A reader that is gone is no reason to fail: the line is dropped.
    private static func write(_ line: String, to descriptor: Int32) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                #elseif canImport(Musl)
                    Musl.write(descriptor, bytes.baseAddress, bytes.count)
                #else
                    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
