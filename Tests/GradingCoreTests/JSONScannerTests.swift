import Testing

@testable import GradingCore

@Suite("JSON scanner")
struct JSONScannerTests {
    /// Where and why a text is refused; `nil` when it is not.
    private func refusal(_ bytes: [UInt8]) -> JSONError? {
        do {
            var scanner = try JSONScanner(bytes)
            try scanner.skipValue()
            try scanner.finish()
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ text: String) -> JSONError? { refusal(Array(text.utf8)) }

    @Test("every error names its reason and the byte")
    func errors() {
        #expect(refusal(Array(#"["é"#.utf8) + [0xFF]) == JSONError(.invalidUTF8, at: 4))
        #expect(refusal("[1,]") == JSONError(.unexpectedCharacter, at: 3))
        #expect(refusal("[1") == JSONError(.unexpectedEnd, at: 2))
        #expect(refusal("1 2") == JSONError(.trailingContent, at: 2))
        #expect(refusal("\"123456789\n\"") == JSONError(.controlCharacter, at: 10))
        #expect(refusal(#"["\q"]"#) == JSONError(.invalidEscape, at: 2))
        #expect(refusal(#"["a\uDC00"]"#) == JSONError(.loneSurrogate, at: 3))
        #expect(refusal("[ 01]") == JSONError(.invalidNumber, at: 3))
        #expect(refusal("[ 1e999]") == JSONError(.numberOutOfRange, at: 2))
        #expect(refusal(#"{"a":1,"a":2}"#) == JSONError(.duplicateKey, at: 7))
        #expect(refusal(String(repeating: "[", count: 65)) == JSONError(.tooDeep, at: 64))
    }

    @Test("a skipped value's range leaves out the whitespace around it")
    func ranges() throws {
        let text = Array(#"{"a" :  [1, 2]  ,"b":"x" }"#.utf8)
        var scanner = try JSONScanner(text)
        var object = try scanner.beginObject()
        var values: [String: String] = [:]
        while let key = try scanner.nextKey(in: &object) {
            let range = try scanner.skipValue()
            values[scanner.text(of: key)] = String(decoding: text[range], as: UTF8.self)
        }
        try scanner.finish()
        #expect(values == ["a": "[1, 2]", "b": #""x""#])
    }

    @Test(
        "escapes are resolved",
        arguments: [
            (#""plain é""#, "plain é"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\uD83C\uDF93!""#, "🎓!"), (#""\u0000""#, "\0"), (#""\\u0041""#, #"\u0041"#), (#""é\u0301""#, "é\u{301}"),
        ]
    )
    func escapes(json: String, text: String) throws {
        var scanner = try JSONScanner(Array(json.utf8))
        let string = try scanner.readString()
        #expect(Array(scanner.text(of: string).utf8) == Array(text.utf8))
    }

    @Test(
        "numbers are read to the nearest double",
        arguments: [
            ("0", 0), ("-12", -12), ("2.5", 2.5), ("0.1", 0.1), ("1e3", 1_000), ("123456789012345678", 123_456_789_012_345_680),
            ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("5e-324", Double.leastNonzeroMagnitude),
        ]
    )
    func numbers(json: String, value: Double) throws {
        var scanner = try JSONScanner(Array(json.utf8))
        let number = try scanner.readNumber()
        #expect(scanner.double(of: number) == value)
    }

    @Test("numbers as people write them are read as the standard library reads them, to the last bit")
    func exactNumbers() throws {
        func expectSame(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            var scanner = try JSONScanner(Array(text.utf8))
            let number = try scanner.readNumber()
            #expect(scanner.double(of: number).bitPattern == Double(text)?.bitPattern, "\(text)", sourceLocation: sourceLocation)
        }
        for digits in 0..<2_000 {
            for places in 1...14 {
                let fraction = String(digits * 7_919)
                let text = "\(digits).\(String(repeating: "0", count: max(0, places - fraction.count)))\(fraction)"
                try expectSame(text)
                try expectSame("-" + text)
            }
        }
        for text in ["999999999999999.9", "9007199254740993", "0.000000000000001", "-0.0", "0.1234567890123456789", "1.5e3"] {
            try expectSame(text)
        }
        var scanner = try JSONScanner(Array("-0".utf8))
        let zero = try scanner.readNumber()
        #expect(scanner.double(of: zero).sign == .plus, "an integer has one zero")
    }

    @Test("an integer is one without fraction and exponent, within 64 bits", arguments: ["1.0", "1e0", "9223372036854775808"])
    func integers(json: String) throws {
        var scanner = try JSONScanner(Array(json.utf8))
        let number = try scanner.readNumber()
        #expect(scanner.integer(of: number) == nil)
        var other = try JSONScanner(Array("-42".utf8))
        let whole = try other.readNumber()
        #expect(other.integer(of: whole) == -42)
    }

    @Test("a duplicate is found whatever its place among many keys", arguments: [1, 2, 15, 16, 17, 18, 500])
    func duplicates(count: Int) {
        for place in [0, count / 2, count - 1] {
            let keys = (0..<count).map { "\"k\($0)\":[]" }.joined(separator: ",")
            #expect(refusal("{\(keys)}") == nil)
            #expect(refusal("{\(keys),\"\\u006b\(place)\":0}")?.reason == .duplicateKey)
        }
    }

    @Test("a string may end at any place of an eight-byte step")
    func stringLengths() throws {
        for length in 0..<40 {
            let content = String(repeating: "z", count: length)
            #expect(refusal("[\"\(content)\"]") == nil)
            #expect(refusal("\"\(content)\u{1}\"") == JSONError(.controlCharacter, at: length + 1))
            #expect(refusal("\"\(content)") == JSONError(.unexpectedEnd, at: length + 1))
            #expect(refusal("\"\(content)\\\"\"") == nil)
        }
    }

    @Test("text is written so that it is read back the same", arguments: ["", "a\"b\\c/", "\u{0}\u{1F}\n\u{7F}", "é€🎓\u{2028}"])
    func quoting(text: String) throws {
        var json: [UInt8] = []
        JSONText.append(text, to: &json)
        var scanner = try JSONScanner(json)
        let string = try scanner.readString()
        try scanner.finish()
        #expect(scanner.text(of: string) == text)
    }

    @Test("compact text keeps what is in strings")
    func compact() {
        let json = Array("{ \"a b\" : [ 1 ,\n\"\\\" \\\\\" , \" \" ] }".utf8)
        #expect(String(decoding: JSONText.compact(json[...]), as: UTF8.self) == #"{"a b":[1,"\" \\"," "]}"#)
    }
}
