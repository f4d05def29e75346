import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

/// Whole files of latents: where boxes belong, and that damage is an error or another picture.
@Suite struct LatentFileTests {
    private static let gray = RandomLatents(
        LatentDescriptor(
            levelCount: 3, firstChromaLevel: nil, contexts: 2, hidden: 2, width: 2, stateBits: 0),
        channelCount: 1, columns: [9], rows: [7], seed: 2)
    private static let color = RandomLatents(
        LatentDescriptor(
            levelCount: 2, firstChromaLevel: 1, firstAlphaLevel: 0, contexts: 2, hidden: 2,
            width: 2, stateBits: 1),
        channelCount: 4, bitDepth: 16, columns: [6], rows: [5], seed: 4)

    private static func decode(_ file: CoinFile) throws -> Image {
        try CoinDecoder(parsing: file.serialized).decode()
    }

    /// The error of a file, from parsing.
    private static func error(_ file: CoinFile) -> BitstreamError? {
        do throws(BitstreamError) {
            _ = try CoinPicture(parsing: file.serialized).decoder
            return nil
        } catch { return error }
    }

    @Test(arguments: [gray, color])
    func `a file decodes as its parts do`(picture: RandomLatents) throws {
        let image = try Self.decode(picture.file())
        let samples = try picture.decode(picture.whole(), payloads: picture.payloads())
        #expect(image.samples.count == samples.count)
        let full = picture.bitDepth == 8 ? 255.0 : 65_535
        #expect(image.samples == samples.map { Double($0) / full })
    }

    @Test func `every descriptor has its networks`() throws {
        var file = try Self.gray.file()
        file.shared = []
        let tile = file.serialized.count - file.tiles[0].box.serialized.count
        #expect(Self.error(file) == .misplacedBox(box: "TILE", offset: tile))
        file = try Self.gray.file(withUnused: true)
        #expect(try Self.decode(file) == Self.decode(Self.gray.file(withUnused: true)))
        file.shared.removeLast()
        guard case .misplacedBox("TILE", _) = Self.error(file) else {
            Issue.record("\(String(describing: Self.error(file)))")
            return
        }
    }

    @Test func `tiles are of the first descriptor`() throws {
        var file = try Self.gray.file(withUnused: true)
        file.tiles = file.tiles.map {
            ArchitecturePayload(.tile, architecture: 1, content: Array($0.content))
        }
        guard
            case .invalidField("the architecture of a tile of latents", _, _, _)? = Self.error(file)
        else {
            Issue.record("\(String(describing: Self.error(file)))")
            return
        }
    }

    @Test func `kinds are not mixed`() throws {
        var file = try Self.gray.file()
        file.header.architectures.append(
            SirenArchitecture.descriptor(SirenDescriptor(widths: [2])))
        guard case .invalidField("the kind of an architecture", _, _, _)? = Self.error(file) else {
            Issue.record("\(String(describing: Self.error(file)))")
            return
        }
    }

    @Test func `an unknown set of defaults is named, and the file can be listed`() throws {
        var file = try Self.gray.file()
        var body = file.header.architectures[0].body
        body[0] = 200
        file.header.architectures[0] = ArchitectureDescriptor(kind: 2, body: body)
        let decoder = try CoinDecoder(parsing: file.serialized)
        #expect(decoder.header.size == Self.gray.size)
        #expect(throws: ImageError.unsupported(.coin, "set 200 of default parameters")) {
            try decoder.decode()
        }
    }

    @Test func `tiles are aligned and do not overlap, for every descriptor`() throws {
        for (overlap, alignment) in [(1, 2), (0, 1)] {
            var file = try Self.gray.file()
            file.header.grid = try #require(
                TileGrid(
                    size: Self.gray.size, columns: 1, rows: 1, overlap: overlap,
                    alignment: alignment))
            guard case .invalidField? = Self.error(file) else {
                Issue.record("\(String(describing: Self.error(file)))")
                return
            }
        }
        var file = try Self.gray.file(withUnused: true)
        var body = file.header.architectures[1].body
        body[1] = 4
        file.header.architectures[1] = ArchitectureDescriptor(kind: 2, body: body)
        guard case .invalidField("the tile alignment", _, _, _)? = Self.error(file) else {
            Issue.record("\(String(describing: Self.error(file)))")
            return
        }
    }

    @Test func `every thread's memory counts`() throws {
        let file = try Self.gray.file()
        let architecture = try LatentArchitecture(file.header)
        let one = architecture.cost(threadCount: 1)
        let four = architecture.cost(threadCount: 4)
        #expect(one.multiplyAddCount == four.multiplyAddCount)
        let each = (four.heldByteCount - one.heldByteCount) / 3
        // Planes of 256 x 64 samples of two bytes: an input each, and two.
        #expect(each > 5 * 256 * 64 * 2)
        let parsed = try CoinDecoder(parsing: file.serialized).parsedByteCount
        let limits = Limits(memoryByteCount: parsed + one.heldByteCount + each)
        _ = try CoinDecoder(
            parsing: file.serialized, context: CodecContext(limits: limits, threadCount: 2))
        #expect(throws: ImageError.self) {
            try CoinDecoder(
                parsing: file.serialized, context: CodecContext(limits: limits, threadCount: 4))
        }
    }

    @Test(arguments: [gray, color])
    func `no prefix is a file`(picture: RandomLatents) throws {
        let bytes = try picture.file().serialized
        for count in bytes.indices {
            #expect(throws: ImageError.self, "\(count) bytes") {
                try CoinDecoder(parsing: Array(bytes[..<count])).decode()
            }
        }
    }

    /// Content that is changed before its checksum is made.
    @Test(arguments: [gray, color])
    func `any changed byte gives an error or a picture`(picture: RandomLatents) throws {
        let file = try picture.file()
        let limits = Limits(pixelCount: 1 << 16, memoryByteCount: 1 << 25)
        for part in 0..<3 {
            let content = part == 0 ? file.header.serialized : file.content(part)
            for index in content.indices {
                for bit: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
                    var changed = content
                    changed[index] ^= bit
                    let bytes = file.serialized(part, changed)
                    do throws(ImageError) {
                        let decoder = try CoinDecoder(
                            parsing: bytes, context: CodecContext(limits: limits))
                        _ = try decoder.decode()
                        if decoder.header.size.width > 1 {
                            _ = try decoder.decode(size: ImageSize(width: 2, height: 2))
                        }
                    } catch {
                        if case .codecFailure = error { Issue.record("\(error)") }
                    }
                }
            }
        }
    }
}

extension CoinFile {
    /// What follows the index of the networks (1) or of the tile (2).
    fileprivate func content(_ part: Int) -> [UInt8] {
        Array((part == 1 ? shared[0] : tiles[0]).content)
    }

    /// The bytes with other content of `HEAD` (0), of the networks (1) or of the tile (2).
    fileprivate func serialized(_ part: Int, _ content: [UInt8]) -> [UInt8] {
        let boxes = [
            Box.serialized(.header, part == 0 ? content : header.serialized),
            ArchitecturePayload(
                .networks, architecture: 0, content: part == 1 ? content : self.content(1)
            ).box.serialized,
            ArchitecturePayload(
                .tile, architecture: 0, content: part == 2 ? content : self.content(2)
            ).box.serialized,
        ]
        return Self.signature + boxes.joined()
    }
}

extension RandomLatents {
    /// A file of one tile; with a second descriptor like the first, which no tile uses.
    fileprivate func file(withUnused: Bool = false) throws -> CoinFile {
        let grid = try #require(
            TileGrid(
                size: size, columns: 1, rows: 1, overlap: 0,
                alignment: descriptor.levelCount - 1))
        let count = withUnused ? 2 : 1
        let networks = try #require(
            networks.serialized(stepBits: LatentTensor.allCases.map { _ in 12 }))
        let architecture = ArchitectureDescriptor(
            kind: LatentDescriptor.kind, body: descriptor.serialized)
        return CoinFile(
            header: CoinHeader(
                size: size, channelCount: channelCount, bitDepth: bitDepth, grid: grid,
                architectures: Array(repeating: architecture, count: count)),
            metadata: ImageMetadata(),
            shared: (0..<count).map {
                ArchitecturePayload(.networks, architecture: $0, content: networks)
            },
            tiles: [
                ArchitecturePayload(.tile, architecture: 0, content: payloads()[0].serialized)
            ])
    }
}
