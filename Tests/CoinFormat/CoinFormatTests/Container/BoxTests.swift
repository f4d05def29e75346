import Testing

@testable import CoinFormat

@Suite struct BoxTests {
    /// A box of the type `TEST` with a checksum that was computed elsewhere (zlib).
    private static let bytes: [UInt8] = [
        0x03,  // length
        0x54, 0x45, 0x53, 0x54,  // type
        0x0A, 0x0B, 0x0C,  // payload
        0xDD, 0xB4, 0x6A, 0xC9,  // checksum
    ]

    private static func parse(_ bytes: [UInt8]) throws(BitstreamError) -> Box {
        var reader = ByteReader(bytes.span, base: 50)
        return try Box(parsing: &reader)
    }

    @Test func `parses type, payload and place`() throws {
        let box = try Self.parse(Self.bytes)
        #expect(box.type == BoxType(name: "TEST"))
        #expect(box.payload == [0x0A, 0x0B, 0x0C])
        #expect(box.offset == 50)
        #expect(box.payloadOffset == 55)
    }

    @Test func `serializes what it parses`() {
        #expect(Box.serialized(BoxType(name: "TEST"), [0x0A, 0x0B, 0x0C]) == Self.bytes)
        for count in [0, 127, 128, 20_000] {
            let box = Box(type: .tile, payload: [UInt8](repeating: 1, count: count))
            #expect(box.serialized.count == box.byteCount)
        }
    }

    @Test(arguments: 0..<12)
    func `throws where a prefix ends`(count: Int) {
        let error = #expect(throws: BitstreamError.self) {
            try Self.parse(Array(Self.bytes.prefix(count)))
        }
        let (start, needed) = [(0, 1), (1, 4), (5, 3), (8, 4)].last { $0.0 <= count } ?? (0, 0)
        #expect(
            error == .truncated(offset: 50 + start, needed: needed, available: count - start))
    }

    @Test(arguments: 1..<12)
    func `notices any changed byte by its checksum or its type`(offset: Int) {
        let error = #expect(throws: BitstreamError.self) {
            try Self.parse(
                Self.bytes.replacing(at: offset, with: [Self.bytes[offset] ^ 0x80]))
        }
        switch error {
        case .badChecksum(_, offset: 50, _, _): break
        case .invalidField("the type of a box", _, _, offset: 51): #expect(offset < 5)
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test func `refuses a length of 2 GB before it looks for the bytes`() {
        let bytes = [0x80, 0x80, 0x80, 0x80, 0x08] + Self.bytes.dropFirst()
        #expect(
            throws: BitstreamError.invalidField(
                "the length of a box", found: "2147483648", expected: "0 to 2147483647",
                offset: 50)
        ) { try Self.parse(bytes) }
    }

    @Test func `allocates nothing for a length that is not there`() {
        let bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x07] + Self.bytes.dropFirst()
        #expect(
            throws: BitstreamError.truncated(
                offset: 59, needed: 0x7FFF_FFFF, available: Self.bytes.count - 5)
        ) { try Self.parse(bytes) }
    }

    @Test(arguments: [("HEAD", true), ("Abcd", true), ("iccp", false), ("zZZZ", false)])
    func `tells critical boxes by their first letter`(name: String, isCritical: Bool) {
        #expect(BoxType(name: name).isCritical == isCritical)
    }

    @Test func `wants the whole payload to be used`() throws {
        let box = try Self.parse(Self.bytes)
        let found = 3
        #expect(
            throws: BitstreamError.wrongLength(box: "TEST", offset: 50, expected: 2, found: found)
        ) {
            try box.parsePayload { (reader) throws(BitstreamError) in
                try reader.read(UInt16.self)
            }
        }
        #expect(
            throws: BitstreamError.wrongLength(box: "TEST", offset: 50, expected: 4, found: found)
        ) {
            try box.parsePayload { (reader) throws(BitstreamError) in
                try reader.read(UInt32.self)
            }
        }
        let bytes = try box.parsePayload { (reader) throws(BitstreamError) in
            try reader.readBytes(3)
        }
        #expect(bytes == box.payload)
    }
}
