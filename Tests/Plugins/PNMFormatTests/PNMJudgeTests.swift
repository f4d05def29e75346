import FormatKit
import TestSupport
import Testing

@testable import PNMFormat

/// What other people's programs think of the files that we write.
@Suite struct PNMJudgeTests {
    static let imageMagick = ForeignTool("convert-im6")
    static let pamfile = ForeignTool("pamfile")
    static let netpbmCases = PNMRoundTripTests.cases.filter { $0.kind != .float }
    /// ImageMagick takes CMYK of PAM the other way round.
    static let imageMagickCases = netpbmCases.filter { $0.layout.model != .cmyk }

    @Test(.enabled(if: pamfile.isInstalled), arguments: netpbmCases)
    func `Netpbm accepts our files`(test: PNMRoundTripTests.Case) throws {
        let bytes = try PNMRoundTripTests.image(23, 11, test).encoded(
            by: test.plugin, settings: test.settings)
        let outcome = try Self.pamfile.run(["%"], on: bytes, pathExtension: test.kind.rawValue)
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.text.contains("23 by 11"), "\(outcome.text)")
    }

    @Test(.enabled(if: imageMagick.isInstalled), arguments: imageMagickCases)
    func `ImageMagick reads the same pixels`(test: PNMRoundTripTests.Case) throws {
        let image = PNMRoundTripTests.image(23, 11, test)
        let bytes = try image.encoded(by: test.plugin, settings: test.settings)
        let layout = test.layout
        let channels = (layout.model == .gray ? "gray" : "rgb") + (layout.hasAlpha ? "a" : "")
        let outcome = try Self.imageMagick.run(
            ["%", "-depth", "\(layout.sample.bitCount)", "-endian", "LSB", "\(channels):-"],
            on: bytes, pathExtension: test.kind.rawValue)
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output == image.bytes)
    }

    @Test(.enabled(if: imageMagick.isInstalled))
    func `ImageMagick reads the same floats`() throws {
        var image = Image.noise(5, 3, PixelLayout(.rgb, .float32))
        let values = (0..<45).map { Float($0) / 44 }
        image.bytes = values.flatMap { value in
            unsafe withUnsafeBytes(of: value.bitPattern) { unsafe Array($0) }
        }
        let bytes = try image.encoded(by: PNMPlugin(.float))
        let outcome = try Self.imageMagick.run(
            ["%", "-depth", "8", "rgb:-"], on: bytes, pathExtension: "pfm")
        let expected = values.map { UInt8(($0 * 255).rounded()) }
        #expect(outcome.output.count == 45)
        #expect(zip(outcome.output, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }
}
