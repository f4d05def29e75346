import Testing

@testable import CoinFormat

@Suite struct ByteReaderTests {
    private static let bytes: [UInt8] = [
        0x01,  // UInt8
        0x34, 0x12,  // UInt16
        0xEF, 0xBE, 0xAD, 0xDE,  // UInt32
        0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,  // UInt64
        0x00, 0x00, 0x20, 0xC1,  // binary32
        0x61, 0x62, 0x63,
    ]

    @Test func `reads little-endian numbers one after another`() throws {
        var reader = ByteReader(Self.bytes.span, base: 100)
        let byte = try reader.read(UInt8.self)
        let short = try reader.read(UInt16.self)
        let offset = reader.offset
        let long = try reader.read(UInt32.self)
        let quad = try reader.read(UInt64.self)
        let float = try reader.readFloat()
        let left = reader.remaining
        let rest = try reader.readBytes(3)
        let end = reader.offset
        #expect(byte == 1)
        #expect(short == 0x1234)
        #expect(offset == 103)
        #expect(long == 0xDEAD_BEEF)
        #expect(quad == 0x0102_0304_0506_0708)
        #expect(float == -10)
        #expect(left == 3)
        #expect(rest == [0x61, 0x62, 0x63])
        #expect(end == 100 + Self.bytes.count)
    }

    @Test func `throws where the bytes end, and stays`() throws {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span, base: 10)
        try reader.skip(1)
        var errors: [BitstreamError] = []
        do { _ = try reader.read(UInt32.self) } catch { errors.append(error) }
        do { _ = try reader.readBytes(3) } catch { errors.append(error) }
        do { try reader.skip(.max) } catch { errors.append(error) }
        let rest = try reader.readBytes(2)
        #expect(
            errors == [
                .truncated(offset: 11, needed: 4, available: 2),
                .truncated(offset: 11, needed: 3, available: 2),
                .truncated(offset: 11, needed: .max, available: 2),
            ])
        #expect(rest == [2, 3])
    }

    @Test(
        arguments: [
            (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (300, [0xAC, 2]),
            (0xFF_FFFF, [0xFF, 0xFF, 0xFF, 7]), (0x7FFF_FFFF, [0xFF, 0xFF, 0xFF, 0xFF, 7]),
        ] as [(Int, [UInt8])])
    func `reads and appends numbers of as many bytes as they need`(
        value: Int, bytes: [UInt8]
    ) throws {
        var reader = ByteReader(bytes.span)
        let found = try reader.readVarint("a number")
        let left = reader.remaining
        #expect(found == value && left == 0)
        var written: [UInt8] = []
        written.append(varint: value)
        #expect(written == bytes)
        #expect(Varint.byteCount(value) == bytes.count)
    }

    @Test(
        arguments: [
            ([], .truncated(offset: 5, needed: 1, available: 0)),
            ([0x80, 0x80], .truncated(offset: 7, needed: 1, available: 0)),
            (
                [0x80, 0],
                .invalidField(
                    "it", found: "0 in 2 bytes", expected: "the shortest form", offset: 5)
            ),
            (
                [0x80, 0x80, 0x80, 0x80, 8],
                .invalidField("it", found: "2147483648", expected: "0 to 2147483647", offset: 5)
            ),
            (
                [0x80, 0x80, 0x80, 0x80, 0x80, 1],
                .invalidField(
                    "it", found: "longer than 5 bytes", expected: "0 to 2147483647", offset: 5)
            ),
        ] as [([UInt8], BitstreamError)])
    func `refuses numbers that are too long or too large`(
        bytes: [UInt8], expected: BitstreamError
    ) {
        #expect(throws: expected) {
            var reader = ByteReader(bytes.span, base: 5)
            _ = try reader.readVarint("it")
        }
    }

    @Test func `appends what it reads`() {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt8(1))
        bytes.append(littleEndian: UInt16(0x1234))
        bytes.append(littleEndian: UInt32(0xDEAD_BEEF))
        bytes.append(littleEndian: UInt64(0x0102_0304_0506_0708))
        bytes.append(littleEndian: Float(-10).bitPattern)
        #expect(bytes + [0x61, 0x62, 0x63] == Self.bytes)
    }
}
