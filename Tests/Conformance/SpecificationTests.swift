import FormatKit
import Foundation
import Testing

@testable import CoinFormat

/// What the specification shows is what the decoder does.
@Suite struct SpecificationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let text: String

    init() throws {
        text = try String(
            contentsOf: Self.root.appending(path: "spec/coin-bitstream.md"), encoding: .utf8)
    }

    /// The bytes of the hex dump in appendix A: offset, bytes, what they mean, two spaces apart.
    private func example() throws -> [UInt8] { try Self.dump(0, of: text) }

    /// The bytes of one of the dumps in appendix A of a document.
    private static func dump(_ index: Int, of text: String) throws -> [UInt8] {
        let appendix = try #require(text.components(separatedBy: "## A Worked example").last)
        let blocks = appendix.components(separatedBy: "```")
        var bytes: [UInt8] = []
        for line in blocks[2 * index + 1].split(separator: "\n").dropFirst() {
            let fields = line.trimmingCharacters(in: .whitespaces).components(separatedBy: "  ")
            #expect(fields.first.flatMap(Int.init) == bytes.count, "\(line)")
            bytes += fields[1].split(separator: " ").compactMap { UInt8($0, radix: 16) }
        }
        return bytes
    }

    @Test func `decodes the worked example to the samples that it names`() throws {
        let bytes = try example()
        #expect(text.contains("one neuron; \(bytes.count) bytes."))
        let image = try CoinDecoder(parsing: bytes).decode()
        #expect(image.header.size == ImageSize(width: 2, height: 1))
        #expect(image.header.layout == PixelLayout(.gray, .uint8))
        #expect(image.bytes == [6, 249])
        #expect(text.contains("The samples are **6** and **249**."))
    }

    @Test func `refuses every prefix of the worked example`() throws {
        let bytes = try example()
        for count in bytes.indices {
            #expect(throws: ImageError.self, "\(count) bytes") {
                try CoinDecoder(parsing: Array(bytes[..<count]))
            }
        }
    }

    @Test func `decodes the worked example of latents to the samples that it names`() throws {
        let text = try String(
            contentsOf: Self.root.appending(path: "spec/latents.md"), encoding: .utf8)
        let size = ImageSize(width: 3, height: 2)
        let descriptor = try Self.dump(0, of: text)
        let (networks, tile) = try (Self.dump(1, of: text), Self.dump(3, of: text))
        #expect(descriptor.count == 10 && networks.count == 38 && tile.count == 12)
        #expect(text.contains("`NETS` after its index, \(networks.count) bytes:"))
        let header = CoinHeader(
            size: size, channelCount: 1, bitDepth: 8, grid: TileGrid(oneTileOf: size),
            architectures: [ArchitectureDescriptor(kind: 2, body: descriptor)])
        let file = CoinFile(
            header: header, metadata: ImageMetadata(),
            shared: [ArchitecturePayload(.networks, architecture: 0, content: networks)],
            tiles: [ArchitecturePayload(.tile, architecture: 0, content: tile)])
        let bytes = file.serialized
        let image = try CoinDecoder(parsing: bytes).decode()
        #expect(image.bytes == [147, 152, 152, 157, 156, 115])
        #expect(text.contains("The samples are **147, 152, 152** and **157, 156, 115**."))
        let vector = try #require(
            CoinVector.all(.valid).first { $0.testDescription.hasSuffix("latents-example") })
        #expect(try vector.stream() == bytes)
    }
}
