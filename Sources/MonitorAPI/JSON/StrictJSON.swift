/// The JSON rules of this server.
enum StrictJSON {
    static func validate(_ bytes: [UInt8]) throws {}
}
