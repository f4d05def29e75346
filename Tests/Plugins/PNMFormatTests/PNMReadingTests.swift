import FormatKit
import TestSupport
import Testing

@testable import PNMFormat

/// Files as other programs write them, against samples worked out by hand.
@Suite struct PNMReadingTests {
    @Test(arguments: [
        PNMFile("P1\n3 2\n0 1 0\n1 1 0\n"), PNMFile("P1 3 2 010110"),
        PNMFile("P1#c\n# two lines\n3 # width\n2\n01 0#c\n110"),
        PNMFile("P4\n3 2\n", [0b0100_0000, 0b1101_1111]),
    ])
    func `reads bitmaps, in which 1 is black`(file: PNMFile) throws {
        let image = try file.decoded()
        #expect(image.header.layout == PixelLayout(.gray, .uint8))
        #expect(image.header.significantBits == 1)
        #expect(image.header.storage == .packedGray(bitCount: 1))
        #expect(image.bytes == [255, 0, 255, 0, 0, 255])
    }

    @Test(arguments: [
        PNMFile("P2\n2 2\n255\n0 1\n\n127\t255"), PNMFile("P2 2 2 255 0 1#x\n127 255 "),
        PNMFile("P5\n2 2\n255\n", [0, 1, 127, 255]),
        PNMFile("P5 2\r\n2 255 ", [0, 1, 127, 255]),
        PNMFile("P5\n# comment\n2 2#\n255#comment\n", [0, 1, 127, 255]),
        PNMFile(
            "P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n",
            [0, 1, 127, 255]),
        PNMFile("P7\n#\n\nMAXVAL 255\nDEPTH 1\nHEIGHT 2\nWIDTH 2\nENDHDR\n", [0, 1, 127, 255]),
    ])
    func `reads grays of 8 bits, whatever the form`(file: PNMFile) throws {
        let image = try file.decoded()
        #expect(image.header.layout == PixelLayout(.gray, .uint8))
        #expect(image.header.significantBits == 8)
        #expect(image.bytes == [0, 1, 127, 255])
    }

    @Test(arguments: [
        (1, [0, 1], [0, 255]), (3, [0, 1, 2, 3], [0, 85, 170, 255]),
        (15, [0, 7, 8, 15], [0, 119, 136, 255]), (100, [0, 33, 50, 100], [0, 84, 128, 255]),
        (254, [0, 127, 254], [0, 128, 255]),
    ])
    func `scales samples to 8 bits, rounding`(
        maximum: Int, values: [UInt8], samples: [UInt8]
    ) throws {
        let raw = PNMFile("P5 \(values.count) 1 \(maximum)\n", values)
        let numbers = values.map { "\($0)" }.joined(separator: " ")
        let plain = PNMFile("P2 \(values.count) 1 \(maximum) \(numbers)")
        for file in [raw, plain] {
            #expect(try file.decoded().bytes == samples)
            let bits = try file.decoded().header.significantBits
            #expect(1 << bits > maximum && 1 << (bits - 1) <= maximum)
            // Other writers may store them so again.
            let storage = [1: 1, 3: 2, 15: 4][maximum].map(SampleStorage.packedGray)
            #expect(try file.decoded().header.storage == storage)
        }
    }

    @Test(arguments: [
        (65_535, [0, 1, 258, 65_535], [0, 1, 258, 65_535]),
        (1023, [0, 1, 512, 1023], [0, 64, 32_800, 65_535]),
        (256, [0, 128, 256], [0, 32_768, 65_535]),
        (40_000, [0, 1, 20_000, 40_000], [0, 2, 32_768, 65_535]),
    ])
    func `scales samples to 16 bits, rounding`(
        maximum: Int, values: [Int], samples: [UInt16]
    ) throws {
        let pairs = values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let raw = PNMFile("P5 1 \(values.count) \(maximum)\n", pairs)
        let numbers = values.map { "\($0)" }.joined(separator: "\n")
        let plain = PNMFile("P2 1 \(values.count) \(maximum)\n\(numbers)")
        for file in [raw, plain] {
            let image = try file.decoded()
            #expect(image.header.layout == PixelLayout(.gray, .uint16))
            #expect(image.words == samples)
        }
    }

    @Test(arguments: [
        ("GRAYSCALE_ALPHA", 2, PixelLayout(.gray, .uint8, alpha: .straight)),
        ("RGB", 3, PixelLayout(.rgb, .uint8)),
        ("RGB_ALPHA", 4, PixelLayout(.rgb, .uint8, alpha: .straight)),
        ("CMYK", 4, PixelLayout(.cmyk, .uint8)),
    ])
    func `reads every tuple type`(type: String, depth: Int, layout: PixelLayout) throws {
        let samples = (1...depth).map { UInt8($0) }
        let file = PNMFile(
            "P7\nWIDTH 1\nHEIGHT 1\nDEPTH \(depth)\nMAXVAL 255\nTUPLTYPE \(type)\nENDHDR\n",
            samples)
        let image = try file.decoded()
        #expect(image.header.layout == layout)
        #expect(image.bytes == samples)
    }

    @Test func `reads black and white of PAM, in which 1 is white`() throws {
        let file = PNMFile(
            "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n", [0, 1])
        #expect(try file.decoded().bytes == [0, 255])
    }

    @Test(arguments: ["-1.0", "1", "-2.5"])
    func `reads floats of either byte order from the bottom`(scale: String) throws {
        let values: [Float] = [0.25, -1, 3e7, 0.5, .infinity, 1]
        let raster = values.flatMap { value -> [UInt8] in
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            return scale.hasPrefix("-") ? bytes : bytes.reversed()
        }
        let gray = try PNMFile("Pf\n3 2\n\(scale)\n", raster).decoded()
        #expect(gray.header.layout == PixelLayout(.gray, .float32))
        #expect(gray.floats == Array(values[3...] + values[..<3]))
        let color = try PNMFile("PF\n1 2\n\(scale)\n", raster).decoded()
        #expect(color.header.layout == PixelLayout(.rgb, .float32))
        #expect(color.floats == gray.floats)
    }

    @Test func `counts the images of a file and reads the first`() throws {
        let one = PNMFile("P5 2 1 255\n", [1, 2]).bytes
        let image = try Image(decoding: one + one + one, as: PNMPlugin(.graymap))
        #expect(image.header.frameCount == 3)
        #expect(image.bytes == [1, 2])
        let log = WarningLog()
        let other = try Image(
            decoding: one + [0x50, 0x35, 0], as: PNMPlugin(.graymap), context: log.context())
        #expect(other.header.frameCount == 1)
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }

    @Test func `is found by its content`() throws {
        let registry = try FormatRegistry(PNMPlugin.all)
        for (magic, id) in [
            ("P1\n", "pbm"), ("P4 ", "pbm"), ("P2\t", "pgm"), ("P5#", "pgm"), ("P3\r", "ppm"),
            ("P6\n", "ppm"), ("P7\n", "pam"), ("PF\n", "pfm"), ("Pf ", "pfm"),
        ] {
            let found = registry.plugin(identifying: Array(magic.utf8))
            #expect(found?.descriptor.id.rawValue == id)
        }
        for magic in ["P7 332", "P8\n", "P55", "Px\n"] {
            #expect(registry.plugin(identifying: Array(magic.utf8)) == nil)
        }
        #expect(registry.plugin(forExtension: "pnm")?.descriptor.id.rawValue == "ppm")
    }
}
