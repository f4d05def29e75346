import CoinFormat
import FormatKit
import Foundation
import Testing

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
    private func example() throws -> [UInt8] {
        let appendix = try #require(text.components(separatedBy: "## A Worked example").last)
        let dump = try #require(appendix.components(separatedBy: "```").dropFirst().first)
        var bytes: [UInt8] = []
        for line in dump.split(separator: "\n").dropFirst() {
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
}
