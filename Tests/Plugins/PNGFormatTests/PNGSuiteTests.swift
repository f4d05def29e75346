import FormatKit
import Foundation
import PNGFormat
import TestSupport
import Testing

/// Willem van Schaik's suite, against the pixels that lunapaint/pngsuite lists.
@Suite struct PNGSuiteTests {
    static let files = SharedFiles.files(in: "corpora/pngsuite/png", withExtension: "png")

    @Test(arguments: files.filter { !$0.lastPathComponent.hasPrefix("x") })
    func `decodes a valid file to the listed pixels`(_ url: URL) throws {
        let image = try Image(decoding: url.readBytes(), as: PNGPlugin())
        let name = url.deletingPathExtension().lastPathComponent
        let list = url.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "json/\(name).json")
        let expected = try JSONDecoder().decode([Int].self, from: Data(contentsOf: list))
        #expect(try rgba(image) == expected, "\(name): \(image.header.layout)")
    }

    @Test(arguments: files.filter { $0.lastPathComponent.hasPrefix("x") })
    func `rejects a corrupt file`(_ url: URL) throws {
        let bytes = try url.readBytes()
        #expect(throws: ImageError.self) { try Image(decoding: bytes, as: PNGPlugin()) }
    }

    @Test func `has seen all the suite`() {
        #expect(Self.files.isEmpty || Self.files.count == 175)
    }

    /// The samples of an image in RGBA, as the lists have them.
    private func rgba(_ image: Image) throws -> [Int] {
        let layout = PixelLayout(.rgb, image.header.layout.sample, alpha: .straight)
        let bytes = try #require(image.converted(to: layout)).bytes
        guard layout.sample == .uint16 else { return bytes.map { Int($0) } }
        return stride(from: 0, to: bytes.count, by: 2).map { index in
            Int(UInt16(littleEndian: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8))
        }
    }
}
