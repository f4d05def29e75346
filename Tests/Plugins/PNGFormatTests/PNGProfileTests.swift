import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

/// Profiles that libpng dislikes.
@Suite struct PNGProfileTests {
    /// A profile of version 4 whose size is no multiple of 4, which libpng refuses.
    private static func oddProfile(_ space: String) -> [UInt8] {
        var profile = SampleMetadata.icc(space) + [0]
        profile[8] = 4
        profile.replaceSubrange(0..<4, with: UInt32(profile.count).bigEndianBytes)
        return profile
    }

    @Test(arguments: [("RGB ", ColorModel.rgb), ("GRAY", .gray)])
    func `one that others use is carried as a chunk`(space: String, model: ColorModel) throws {
        var image = Image.noise(4, 3, PixelLayout(model, .uint8))
        image.header.metadata.icc = Self.oddProfile(space)
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses == [])
        let bytes = try image.encoded(by: PNGPlugin())
        let decoded = try Image(decoding: bytes, as: PNGPlugin())
        #expect(decoded.header.metadata.icc == image.header.metadata.icc)
        #expect(decoded.bytes == image.bytes)
    }

    @Test(
        arguments: [
            (oddProfile("GRAY"), "of gray"), ([1, 2, 3], "of three bytes"),
            (Array(oddProfile("RGB ").prefix(140)), "cut"),
        ] as [([UInt8], String)])
    func `one that nobody can use is left out, with a loss`(icc: [UInt8], name: String) throws {
        var image = Image.noise(4, 3, PixelLayout(.rgb, .uint8))
        image.header.metadata.icc = icc
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses == [.metadata(.icc)], "\(name)")
        let decoded = try Image(decoding: image.encoded(by: PNGPlugin()), as: PNGPlugin())
        #expect(decoded.header.metadata.icc == nil)
    }

    @Test func `no more is decompressed than a limit allows`() throws {
        let stream = try #require(
            PNGCompression.compress([UInt8](repeating: 7, count: 1 << 20)))
        #expect(PNGCompression.decompress(stream, limit: 1 << 20)?.count == 1 << 20)
        #expect(PNGCompression.decompress(stream, limit: 1 << 19) == nil)
        #expect(PNGCompression.decompress(Array(stream.dropLast(9)), limit: 1 << 20) == nil)
        #expect(PNGCompression.decompress([], limit: 100) == nil)
    }
}
