import FormatKit
import Testing

@testable import CoinFormat

/// The order of boxes (spec §4.1 and §4.3).
@Suite struct BoxOrderTests {
    /// The boxes of a stream of two tiles, to put together in any order.
    private struct Boxes {
        let header: [UInt8]
        let tile: [UInt8]
        let icc = Box.serialized(.icc, [7])
        let unknown = Box.serialized(BoxType(name: "note"), [1, 2])
        let networks = Box.serialized(.networks, [0, 9])
        let critical = Box.serialized(BoxType(name: "Note"), [])

        init() throws {
            let file = try CoinFile.random(4, 2, columns: 2, widths: [[1]])
            header = Box.serialized(.header, file.header.serialized)
            tile = file.tiles[0].box.serialized
        }

        func stream(_ boxes: [[UInt8]]) -> [UInt8] { CoinFile.signature + boxes.joined() }
    }

    @Test func `accepts metadata once, unknown ancillary boxes anywhere`() throws {
        let b = try Boxes()
        let file = try CoinFile(
            parsing: b.stream([
                b.header, b.unknown, b.icc, b.unknown, b.networks, b.unknown, b.tile, b.unknown,
                b.tile,
            ]))
        #expect(file.metadata.icc == [7])
        #expect(file.tiles.count == 2)
        #expect(file.shared == [ArchitecturePayload(.networks, architecture: 0, content: [9])])
    }

    @Test func `refuses boxes out of place`() throws {
        let b = try Boxes()
        let start = CoinFile.signature.count
        let afterHeader = start + b.header.count
        let afterTile = afterHeader + b.tile.count
        let cases: [([[UInt8]], String, Int)] = [
            ([b.tile, b.header], "TILE", start),
            ([b.icc, b.header], "iccp", start),
            ([b.unknown, b.header], "note", start),
            ([b.networks, b.header], "NETS", start),
            ([b.header, b.header], "HEAD", afterHeader),
            ([b.header, b.tile, b.icc, b.tile], "iccp", afterTile),
            ([b.header, b.tile, b.networks, b.tile], "NETS", afterTile),
            ([b.header, b.icc, b.icc], "iccp", afterHeader + b.icc.count),
            ([b.header, b.networks, b.icc], "iccp", afterHeader + b.networks.count),
            ([b.header, b.networks, b.networks], "NETS", afterHeader + b.networks.count),
        ]
        for (boxes, name, offset) in cases {
            #expect(throws: BitstreamError.misplacedBox(box: name, offset: offset)) {
                try CoinFile(parsing: b.stream(boxes))
            }
        }
    }

    @Test func `refuses unknown critical boxes`() throws {
        let b = try Boxes()
        let offset = CoinFile.signature.count + b.header.count
        #expect(throws: BitstreamError.unknownBox(box: "Note", offset: offset)) {
            try CoinFile(parsing: b.stream([b.header, b.critical, b.tile, b.tile]))
        }
    }

    @Test func `checks the checksums of boxes that it skips`() throws {
        let b = try Boxes()
        let offset = CoinFile.signature.count + b.header.count
        let damaged = b.unknown.replacing(at: 5, with: [9])
        let error = #expect(throws: BitstreamError.self) {
            try CoinFile(parsing: b.stream([b.header, damaged, b.tile, b.tile]))
        }
        guard case .badChecksum("note", offset, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `refuses bytes after the last tile`() throws {
        let b = try Boxes()
        let bytes = b.stream([b.header, b.tile, b.tile])
        for rest in [[0], [0, 0], b.tile, b.unknown] as [[UInt8]] {
            #expect(
                throws: BitstreamError.trailingBytes(offset: bytes.count, count: rest.count)
            ) { try CoinFile(parsing: bytes + rest) }
        }
    }

    @Test func `misses tiles where the stream ends`() throws {
        let b = try Boxes()
        let bytes = b.stream([b.header, b.tile])
        #expect(
            throws: BitstreamError.truncated(offset: bytes.count, needed: 1, available: 0)
        ) { try CoinFile(parsing: bytes) }
    }

    @Test func `refuses what networks share where they share nothing`() throws {
        let b = try Boxes()
        let offset = CoinFile.signature.count + b.header.count
        #expect(throws: BitstreamError.misplacedBox(box: "NETS", offset: offset)) {
            try CoinPicture(parsing: b.stream([b.header, b.networks, b.tile, b.tile]))
        }
    }

    @Test(
        arguments: [
            ([], .truncated(offset: 0, needed: 8, available: 0)),
            ([0xC1, 0x43], .truncated(offset: 0, needed: 8, available: 2)),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .badSignature),
            ([0x00], .badSignature),
            // The eighth bit dropped; CR LF turned into LF; LF turned into CR LF.
            ([0x41, 0x43, 0x4F, 0x49, 0x4E, 0x0D, 0x0A, 0x0A], .textModeDamage),
            ([0xC1, 0x43, 0x4F, 0x49, 0x4E, 0x0A, 0x0A, 0x3C], .textModeDamage),
            ([0xC1, 0x43, 0x4F, 0x49, 0x4E, 0x0D, 0x0D, 0x0A], .textModeDamage),
        ] as [([UInt8], BitstreamError)])
    func `says what is wrong with a signature`(bytes: [UInt8], expected: BitstreamError) {
        #expect(throws: expected) { try CoinFile(parsing: bytes) }
    }
}
