import FormatKit
import MetadataBlocks
import TestSupport
import Testing

@testable import TIFFFormat

/// What samples become that are not unsigned integers of gray or RGB.
@Suite struct InterpretationTests {
    @Test(
        arguments: [
            (16, 0x3C00, 1), (16, 0xC000, -2), (16, 0x0001, 0x1p-24), (16, 0x7C00, .infinity),
            (24, 0x3F0000, 1), (24, 0xBF8000, -1.5), (24, 0x000001, 0x1p-78),
            (24, 0x7F0000, .infinity), (32, 0x3E80_0000, 0.25), (64, 0x3FE0_0000_0000_0000, 0.5),
        ] as [(Int, Int, Float)])
    func `floats of any width become binary32`(bits: Int, pattern: Int, value: Float) throws {
        for order in [ByteOrder.little, .big] {
            var file = HandmadeTIFF(
                width: 1, height: 1, bits: bits, strip: order.bytes(pattern, count: bits / 8),
                order: order)
            file.set(339, 3, [3])
            let image = try decode(file.bytes())
            #expect(image.header.layout == PixelLayout(.gray, .float32))
            #expect(image.header.significantBits == min(bits, 32))
            #expect(floats(image) == [value])
        }
    }

    @Test(arguments: [(16, 0x7E00), (24, 0x7F8000), (32, 0x7FC0_0000), (64, 0x7FF8 << 48)])
    func `what is not a number stays so`(bits: Int, pattern: Int) throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: bits,
            strip: ByteOrder.little.bytes(pattern, count: bits / 8))
        file.set(339, 3, [3])
        #expect(floats(try decode(file.bytes())).allSatisfy(\.isNaN))
    }

    @Test(arguments: [17, 20, 24, 31, 32, 48, 64])
    func `integers of more than 16 bits become the part of their maximum`(bits: Int) throws {
        let ones = [UInt8](repeating: 0xFF, count: (bits + 7) / 8)
        // A zero, then ones, packed; whole bytes are in the file's order.
        var strip = [UInt8](repeating: 0, count: (2 * bits + 7) / 8)
        if bits % 8 == 0 {
            strip.replaceSubrange(ones.count..., with: ones)
        } else {
            for bit in bits..<2 * bits { strip[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        }
        var file = HandmadeTIFF(width: 2, height: 1, bits: bits, strip: strip)
        let image = try decode(file.bytes())
        #expect(floats(image) == [0, 1])
        #expect(
            image.header.losses == (bits > 24 && bits != 32 ? [.bitDepth(from: bits, to: 24)] : []))
        file.set(262, 3, [0])
        #expect(floats(try decode(file.bytes())) == [1, 0])
    }

    @Test func `signed samples are shifted, and said to be signed`() throws {
        var file = HandmadeTIFF(width: 3, height: 1, bits: 8, strip: [0x80, 0, 0x7F])
        file.set(339, 3, [2])
        let warnings = WarningLog()
        let image = try decode(file.bytes(), warnings: warnings)
        #expect(image.bytes == [0, 128, 255] && image.header.form == .signed)
        #expect(warnings.warnings == [])
        var wide = HandmadeTIFF(
            width: 2, height: 1, bits: 32, strip: [0, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0x7F])
        wide.set(339, 3, [2])
        #expect(floats(try decode(wide.bytes())) == [0, 1])
    }

    @Test func `inks stay inks`() throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 5, samples: 5, strip: [1, 2, 3, 4, 5])
        file.set(338, 3, [2])
        let image = try decode(file.bytes())
        #expect(image.header.layout == PixelLayout(.cmyk, .uint8, alpha: .straight))
        #expect(image.bytes == [1, 2, 3, 4, 5])
        file.set(332, 3, [2])
        #expect(throws: ImageError.unsupported(.tiff, "inks other than CMYK")) {
            try decode(file.bytes())
        }
    }

    @Test func `a mask is gray, and a palette may have alpha`() throws {
        let mask = HandmadeTIFF(width: 3, height: 1, bits: 1, photometric: 4, strip: [0xA0])
        #expect(try decode(mask.bytes()).bytes == [255, 0, 255])
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 1, photometric: 3, samples: 2, strip: [0b1000_0000])
        file.set(338, 3, [2])
        file.set(320, 3, [0, 257, 0, 514, 0, 771])
        #expect(try decode(file.bytes()).bytes == [1, 2, 3, 0])
    }

    @Test(arguments: [false, true])
    func `subsampled chroma is repeated`(isTiled: Bool) throws {
        // Two data units: Y of 2 × 2 pixels, Cb, Cr; gray in the first, red in the second.
        let units: [UInt8] = [10, 20, 30, 40, 128, 128, 81, 81, 81, 81, 90, 240]
        var file = HandmadeTIFF(
            width: 3, height: 2, bits: 8, photometric: 6, samples: 3, strip: units)
        if isTiled {
            file.remove(278)
            file.set(322, 3, [16])
            file.set(323, 3, [16])
            file.isTiled = true
            file.blocks = [units + [UInt8](repeating: 128, count: 8 * 8 * 6 - units.count)]
        }
        let image = try decode(file.bytes())
        #expect(image.header.layout == PixelLayout(.rgb, .uint8))
        // R = 81 + 1.402 × 112, G = 81 + 0.344 × 38 − 0.714 × 112, B = 81 − 1.772 × 38.
        let red: [UInt8] = [238, 14, 14]
        let rows = [[10, 10, 10, 20, 20, 20] + red, [30, 30, 30, 40, 40, 40] + red]
        #expect(image.bytes == rows.flatMap { $0 })
    }

    @Test func `chroma in planes of its own is read at full size`() throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 6, samples: 3, strip: [])
        file.blocks = [[81], [90], [240]]
        file.set(284, 3, [2])
        file.set(530, 3, [1, 1])
        #expect(try decode(file.bytes()).bytes == [238, 14, 14])
        file.set(530, 3, [2, 2])
        #expect(throws: ImageError.self) { try decode(file.bytes()) }
    }

    /// Values that LittleCMS 2 gives for these colors; it rounds to 8 bits on the way.
    @Test(
        arguments: [
            ([255, 0, 0], [255, 255, 255]), ([0, 0, 0], [0, 0, 0]),
            ([128, 0, 0], [119, 119, 119]),
            ([137, 40, 30], [198, 97, 79]), ([151, 26, 216], [160, 128, 214]),
        ] as [([UInt8], [Int])])
    func `CIE L*a*b* becomes sRGB`(lab: [UInt8], rgb: [Int]) throws {
        let signed = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 8, samples: 3, strip: lab)
        let offset = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 9, samples: 3,
            strip: [lab[0], lab[1] ^ 0x80, lab[2] ^ 0x80])
        let losses = LossNotes()
        let image = try decode(signed.bytes(), losses: losses)
        #expect(zip(image.bytes, rgb).allSatisfy { abs(Int($0) - $1) <= 2 }, "\(image.bytes)")
        #expect(try decode(offset.bytes()).bytes == image.bytes)
        #expect(losses.losses.map(\.name) == ["picture"])
    }

    @Test func `16-bit CIE L*a*b* has the whites of TIFF and of ICC`() throws {
        for (photometric, white, zero) in [(8, 0xFFFF, 0), (9, 0xFF00, 0x8000)] {
            let file = HandmadeTIFF(
                width: 1, height: 1, bits: 16, photometric: photometric, samples: 3,
                strip: [white, zero, zero].flatMap { ByteOrder.little.bytes($0, count: 2) })
            #expect(try decode(file.bytes()).bytes == [255, 255, 255, 255, 255, 255])
        }
    }

    @Test func `a profile for other colors than are delivered is left out`() throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 8, samples: 3, strip: [0, 0, 0])
        var profile = [UInt8](repeating: 0, count: 128)
        profile.replaceSubrange(16..<20, with: Array("Lab ".utf8))
        profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
        file.set(34675, 7, profile.map(Int.init))
        let header = try decode(file.bytes()).header
        #expect(header.metadata.icc == nil && header.losses == [.metadata(.icc)])
        profile.replaceSubrange(16..<20, with: Array("RGB ".utf8))
        file.set(34675, 7, profile.map(Int.init))
        #expect(try decode(file.bytes()).header.metadata.icc == profile)
    }

    private func floats(_ image: Image) -> [Float] {
        stride(from: 0, to: image.bytes.count, by: 4).map { index in
            unsafe image.bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: index, as: Float.self)
            }
        }
    }
}
