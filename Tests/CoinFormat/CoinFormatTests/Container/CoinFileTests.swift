import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct CoinFileTests {
    static let metadata = ImageMetadata(
        icc: [1, 2, 3], exif: [4, 5], xmp: Array("<x/>".utf8),
        resolution: Resolution(horizontal: 300, vertical: 300, unit: .inch), orientation: .left)

    /// A stream of every kind of box.
    static func bytes() throws -> [UInt8] {
        try CoinFile.random(
            6, 4, columns: 2, overlap: 1, widths: [[2], [1, 2]], metadata: metadata
        ).serialized
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `parses what it serializes`(seed: UInt64) throws {
        var numbers = SplitMix64(seed: seed)
        let (columns, rows) = (
            Int.random(in: 1...4, using: &numbers), Int.random(in: 1...4, using: &numbers)
        )
        let widths = (0..<Int.random(in: 1...5, using: &numbers)).map { _ in
            (0..<Int.random(in: 1...4, using: &numbers)).map { _ in
                Int.random(in: 1...12, using: &numbers)
            }
        }
        let file = try CoinFile.random(
            .random(in: 8...5000, using: &numbers), .random(in: 8...5000, using: &numbers),
            channels: .random(in: 1...4, using: &numbers),
            bitDepth: Bool.random(using: &numbers) ? 8 : 16,
            columns: columns, rows: rows, overlap: .random(in: 0...1, using: &numbers),
            widths: widths, metadata: .random(using: &numbers), seed: seed)
        #expect(try CoinFile(parsing: file.serialized) == file)
    }

    @Test func `rejects every prefix`() throws {
        let bytes = try Self.bytes()
        for count in bytes.indices {
            let error = #expect(throws: BitstreamError.self, "\(count) bytes") {
                try CoinFile(parsing: Array(bytes.prefix(count)))
            }
            guard case .truncated(let offset, let needed, let available) = error else {
                Issue.record("\(count) bytes: \(String(describing: error))")
                continue
            }
            #expect(offset + available == count && needed > available)
        }
    }

    @Test func `rejects every changed byte`() throws {
        let bytes = try Self.bytes()
        var numbers = SplitMix64(seed: 5)
        for offset in bytes.indices {
            for mask in [1, 0x20, 0x80, UInt8.random(in: 1...255, using: &numbers)] {
                let damaged = bytes.replacing(at: offset, with: [bytes[offset] ^ mask])
                #expect(throws: BitstreamError.self, "byte \(offset) ^ \(mask)") {
                    try CoinFile(parsing: damaged)
                }
            }
        }
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `survives noise of any kind`(seed: UInt64) throws {
        var numbers = SplitMix64(seed: seed)
        var bytes = try Self.bytes()
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
            let start = Int.random(in: 8..<bytes.count, using: &numbers)
            let end = min(bytes.count, start + Int.random(in: 0...30, using: &numbers))
            let count = Int.random(in: 0...40, using: &numbers)
            bytes.replaceSubrange(start..<end, with: numbers.bytes(count))
        }
        #expect(throws: BitstreamError.self) { try CoinFile(parsing: bytes) }
    }

    @Test func `shows the header before it looks at tiles`() throws {
        let bytes = try Self.bytes()
        struct Refusal: Error {}
        let header = try CoinFile(parsing: bytes).header.serialized
        let headerEnd = CoinFile.signature.count + Box.serialized(.header, header).count
        #expect(throws: Refusal.self) {
            try CoinFile(
                parsing: Array(bytes.prefix(headerEnd)), accept: { _, _ in throw Refusal() },
                mapping: { $0 as any Error })
        }
    }

    @Test func `lists its boxes and their sizes`() throws {
        let bytes = try Self.bytes()
        let boxes = try CoinFile(parsing: bytes).boxSizes
        #expect(
            boxes.map(\.type) == ["HEAD", "iccp", "exif", "xmpp", "reso", "TILE", "TILE"])
        #expect(boxes.reduce(8) { $0 + $1.byteCount } == bytes.count)
    }
}

extension ImageMetadata {
    static func random(using numbers: inout SplitMix64) -> ImageMetadata {
        func block() -> [UInt8]? {
            Bool.random(using: &numbers)
                ? numbers.bytes(Int.random(in: 0...50, using: &numbers)) : nil
        }
        let units = [Resolution.Unit.none, .inch, .centimeter]
        let resolution = Resolution(
            horizontal: .random(in: 1e-9...1e9, using: &numbers),
            vertical: .random(in: 1e-9...1e9, using: &numbers),
            unit: units.randomElement(using: &numbers) ?? .none)
        return ImageMetadata(
            icc: block(), exif: block(), xmp: block(),
            resolution: Bool.random(using: &numbers) ? resolution : nil,
            orientation: Orientation.allCases.randomElement(using: &numbers) ?? .up)
    }
}
