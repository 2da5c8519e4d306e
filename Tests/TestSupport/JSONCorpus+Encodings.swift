extension JSONCorpus {
    static let encodings = [
        bad("UTF-8: lone continuation byte", bytes: quoted([0x80])),
        bad("UTF-8: byte FF", bytes: quoted([0xFF])),
        bad("UTF-8: byte FE", bytes: quoted([0xFE])),
        bad("UTF-8: Latin-1 é", bytes: quoted([0xE9])),
        bad("UTF-8: sequence cut short by the quote", bytes: quoted([0xE2, 0x82])),
        bad("UTF-8: sequence cut short by a letter", bytes: quoted([0xC3, 0x61])),
        bad("UTF-8: overlong solidus in two bytes", bytes: quoted([0xC0, 0xAF])),
        bad("UTF-8: overlong solidus in three bytes", bytes: quoted([0xE0, 0x80, 0xAF])),
        bad("UTF-8: overlong NUL", bytes: quoted([0xC0, 0x80])),
        bad("UTF-8: overlong quote", bytes: [0xC0, 0xA2, 0x61, 0xC0, 0xA2]),
        bad("UTF-8: overlong in four bytes", bytes: quoted([0xF0, 0x80, 0x80, 0xAF])),
        bad("UTF-8: encoded lead surrogate", bytes: quoted([0xED, 0xA0, 0x80])),
        bad("UTF-8: encoded surrogate pair (CESU-8)", bytes: quoted([0xED, 0xA0, 0xB4, 0xED, 0xB4, 0x9E])),
        bad("UTF-8: beyond U+10FFFF", bytes: quoted([0xF4, 0x90, 0x80, 0x80])),
        bad("UTF-8: five bytes", bytes: quoted([0xF8, 0x88, 0x80, 0x80, 0x80])),
        bad("UTF-8: invalid in a key", bytes: Array(#"{"a"#.utf8) + [0xFF] + Array(#"":1}"#.utf8)),
        bad("UTF-8: invalid outside a string", bytes: [UInt8(ascii: "["), 0xE9, UInt8(ascii: "]")]),
        bad("UTF-8: invalid behind an escape", bytes: quoted(Array(#"\u0041"#.utf8) + [0xBF])),
        bad("UTF-16: a value within UTF-8", bytes: [0x31, 0x00]),
        bad("UTF-16: a string with its byte order mark", bytes: [0xFF, 0xFE, 0x22, 0x00, 0x22, 0x00]),
    ]

    static let documents = [
        document("document: the good callback itself", Array(goodCallback().utf8), isWellFormed: true),
        document("document: whitespace around it", Array(" \r\n\t\(goodCallback())\n\n".utf8), isWellFormed: true),
        document("document: empty", []),
        document("document: whitespace only", Array(" \n".utf8)),
        document("document: NUL", [0]),
        document("document: byte order mark", [0xEF, 0xBB, 0xBF] + Array(goodCallback().utf8)),
        document("document: byte order mark alone", [0xEF, 0xBB, 0xBF]),
        document("document: part of a byte order mark", [0xEF, 0xBB] + Array(goodCallback().utf8)),
        document("document: UTF-16, big endian", utf16(goodCallback(), isBigEndian: true)),
        document("document: UTF-16, little endian", utf16(goodCallback(), isBigEndian: false)),
        document("document: UTF-16 with its byte order mark", [0xFF, 0xFE] + utf16(goodCallback(), isBigEndian: false)),
        document("document: UTF-32, big endian", goodCallback().unicodeScalars.flatMap { [0, 0, 0, UInt8($0.value)] }),
        document("document: UTF-32, little endian", goodCallback().unicodeScalars.flatMap { [UInt8($0.value), 0, 0, 0] }),
        document("document: NUL behind it", Array(goodCallback().utf8) + [0]),
        document("document: a letter behind it", Array("\(goodCallback())x".utf8)),
        document("document: a second one behind it", Array("\(goodCallback())\(goodCallback())".utf8)),
        document("document: two lines of JSON", Array("\(goodCallback())\n{}".utf8)),
        document("document: a comma behind it", Array("\(goodCallback()),".utf8)),
        document("document: a closing brace behind it", Array("\(goodCallback())}".utf8)),
        document("document: a comment behind it", Array("\(goodCallback())//".utf8)),
        document("document: cut short by one byte", Array(goodCallback().utf8.dropLast())),
        document("document: cut in half", Array(goodCallback().utf8.prefix(goodCallback().utf8.count / 2))),
        document("document: a guard against script inclusion before it", Array(")]}'\n\(goodCallback())".utf8)),
        document("document: status twice", Array((head(task: "t-1") + #"1,"status":"PENDING"}"#).utf8)),
        document("document: result twice", Array((head(task: "t-1") + #"1,"result":null}"#).utf8)),
        document("document: XML", Array("<status>SUCCESS</status>".utf8)),
        document("document: a form", Array("task_id=t-1&status=SUCCESS".utf8)),
    ]

    private static func document(_ name: String, _ bytes: [UInt8], isWellFormed: Bool = false) -> Case {
        Case(name: name, bytes: bytes, isWellFormed: isWellFormed, placement: .document)
    }

    private static func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            isBigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
    }
}
