import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct CoinPluginTests {
    /// The shortest fit of each architecture.
    private static let fits = [
        ["architecture": "siren", "epochs": "1", "layers": "1", "width": "2"],
        ["architecture": "latents", "steps": "2"],
    ]

    @Test func `recognizes its files, damaged ones too`() {
        let signatures = CoinPlugin().descriptor.signatures
        func matches(_ bytes: [UInt8]) -> Bool { signatures.contains { $0.matches(bytes) } }
        #expect(matches(CoinFile.signature))
        #expect(matches([0x41, 0x43, 0x4F, 0x49, 0x4E, 0x0A, 0x0A, 0x00]))
        #expect(!matches([0x43, 0x4F, 0x49, 0x4E, 0x0D, 0x0A, 0x0A, 0x00]))
        #expect(!matches([0xC1, 0x43]))
    }

    @Test func `accepts what a stream can hold, and nothing else`() {
        let layouts = CoinPlugin().descriptor.write?.layouts ?? []
        #expect(layouts.count == 8)
        #expect(
            layouts.allSatisfy {
                $0.model != .cmyk && $0.sample != .float32 && $0.alpha != .premultiplied
            })
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>, fits)
    func `keeps metadata through a file`(seed: UInt64, options: [String: String]) throws {
        var numbers = SplitMix64(seed: seed)
        var metadata = ImageMetadata.random(using: &numbers)
        // An Exif block that is none is passed through; a real one is tested below.
        metadata.exif = [0x58, 0x59]
        let image = Image.smooth(3, 2, metadata: metadata)
        let decoded = try Image(decoding: image.coin(options), as: CoinPlugin())
        #expect(decoded.header.metadata == metadata)
    }

    @Test(arguments: Orientation.allCases, fits)
    func `makes the Exif block say the same orientation as the header`(
        orientation: Orientation, options: [String: String]
    ) throws {
        let declared = ExifOrientation.setting(.down, in: nil)
        let image = Image.smooth(
            3, 2, metadata: ImageMetadata(exif: declared, orientation: orientation))
        let file = try CoinFile(parsing: image.coin(options))
        #expect(file.header.orientation == orientation)
        #expect(file.metadata.orientation == orientation)
        #expect(
            try ExifOrientation.read(from: #require(file.metadata.exif)) == orientation)
    }

    /// The header is right (spec §5.3).
    @Test func `believes the header where an Exif block differs`() throws {
        let exif = ExifOrientation.setting(.down, in: nil)
        var file = try CoinFile.random(2, 2)
        file.header.orientation = .left
        file.metadata = ImageMetadata(exif: exif)
        let header = try CoinDecoder(parsing: file.serialized).header
        #expect(header.metadata.orientation == .left)
        #expect(header.metadata.exif == exif)
    }

    @Test(arguments: fits)
    func `says that color is sRGB, or that a profile tells`(options: [String: String]) throws {
        let plain = try CoinFile(parsing: Image.smooth(2, 2).coin(options)).header
        let profiled = try CoinFile(
            parsing: Image.smooth(2, 2, metadata: ImageMetadata(icc: [1])).coin(options)
        ).header
        #expect([plain.colorPrimaries, plain.transfer] == [1, 13])
        #expect([profiled.colorPrimaries, profiled.transfer] == [2, 2])
    }

    @Test(arguments: [1, 2, 5, 100], fits)
    func `takes rows in bands of any height`(
        rowsPerBand: Int, options: [String: String]
    ) throws {
        let image = Image.smooth(7, 5)
        let settings = try WriteSettings(for: CoinPlugin(), options: options)
        let bytes = try image.encoded(
            by: CoinPlugin(), settings: settings, rowsPerBand: rowsPerBand)
        #expect(try bytes == image.coin(options))
    }

    @Test(arguments: [("siren", "steps"), ("latents", "epochs"), ("latents", "width")])
    func `refuses an option of another architecture by its name`(
        architecture: String, key: String
    ) throws {
        let owner = architecture == "siren" ? "latents" : "siren"
        #expect(
            throws: ImageError.invalidOption(
                name: "coin.\(key)", reason: "only with coin.architecture=\(owner)")
        ) { try Image.smooth(2, 2).coin(["architecture": architecture, key: "8"]) }
    }

    @Test func `refuses a rate that only the other architecture has`() throws {
        #expect(throws: Never.self) {
            try Image.smooth(2, 2).coin(["architecture": "latents", "bpp": "20", "steps": "2"])
        }
        let error = #expect(throws: ImageError.self) {
            try Image.smooth(2, 2).coin(["architecture": "siren", "bpp": "20"])
        }
        guard case .invalidOption("coin.bpp", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `writes latents where nothing else is asked for`() throws {
        let settings = try WriteSettings(for: CoinPlugin(), options: ["steps": "2"])
        let bytes = try Image.smooth(3, 2).encoded(by: CoinPlugin(), settings: settings)
        #expect(try CoinFile(parsing: bytes).header.architectures.map(\.kind) == [2])
    }
}
