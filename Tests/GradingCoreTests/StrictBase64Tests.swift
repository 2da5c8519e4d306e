import Foundation
import Testing

@testable import GradingCore

@Suite("Strict base64")
struct StrictBase64Tests {
    private let characters = Array("ABCDabcdwxyzWXYZ0189+/=-_ \n.\u{0}\u{7F}".utf8)

    /// What it was before it was written by hand: Foundation's reading, where encoding again gives the same text.
    private func canonical(_ text: [UInt8]) -> [UInt8]? {
        guard let data = Data(base64Encoded: Data(text)), Array(data.base64EncodedData()) == text else { return nil }
        return Array(data)
    }

    @Test("reads what encodes to the same text again, and nothing else")
    func everyEnding() {
        for first in characters {
            for second in characters {
                for third in characters {
                    for text in [[first, second, third], [first, second, third, 0x3D], [first, second, third, 0x51]] {
                        #expect(StrictBase64.decode(text) == canonical(text))
                        #expect(StrictBase64.decode(Array("AQID".utf8) + text) == canonical(Array("AQID".utf8) + text))
                    }
                }
            }
        }
        #expect(StrictBase64.decode(Array("A===".utf8)) == nil)
        #expect(StrictBase64.decode(Array("AA==AA==".utf8)) == nil)
        #expect(StrictBase64.decode([]) == [])
    }

    @Test("reads back whatever it writes", arguments: [0, 1, 2, 3, 31, 32, 33, 64])
    func roundTrip(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 17) }
        #expect(StrictBase64.decode(Array(StrictBase64.encode(bytes).utf8)) == bytes)
    }
}
