import TestSupport
import Testing

@testable import FormatKit

@Suite struct QuantizationTests {
    private static func pixels(_ bytes: [UInt8]) -> [PackedColor] {
        stride(from: 0, to: bytes.count, by: 3).map {
            PackedColor(red: bytes[$0], green: bytes[$0 + 1], blue: bytes[$0 + 2])
        }
    }

    private static func census(_ pixels: [PackedColor]) -> ColorCensus {
        var census = ColorCensus()
        census.add(pixels)
        return census
    }

    private static let photograph = pixels(
        TestImages.picture(width: 120, height: 80).bytes)

    @Test func `counts every color once`() {
        var random = SplitMix64(seed: 1)
        let pixels = Self.pixels(random.bytes(3 * 5000))
        let census = Self.census(pixels + [.none] + pixels)
        #expect(census.colorCount == Set(pixels).count)
        #expect(census.colors(limit: 256) == nil)
        let few = Array(pixels[..<256])
        #expect(Self.census(few + few).colors(limit: 256) == Set(few).sorted())
    }

    @Test(arguments: [1, 2, 3, 16, 255, 256])
    func `finds the nearest color of all`(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let palette = Self.pixels(random.bytes(3 * count))
        var nearest = NearestColor(palette)
        func distance(_ a: PackedColor, _ b: PackedColor) -> Int {
            let (r, g, b) = (a.red - b.red, a.green - b.green, a.blue - b.blue)
            return r * r + g * g + b * b
        }
        for pixel in Self.pixels(random.bytes(3 * 3000)) + palette {
            let found = nearest.index(red: pixel.red, green: pixel.green, blue: pixel.blue)
            let distances = palette.map { distance($0, pixel) }
            #expect(distances[found] == distances.min())
            #expect(distances.firstIndex(of: distances[found]) == found)
        }
    }

    /// The mean squared error of pixels against the nearest colors of a palette.
    private func error(_ palette: [PackedColor]) -> Double {
        var mapper = PaletteMapper(palette, width: Self.photograph.count, isDithered: false)
        let indices = mapper.indices(of: Self.photograph[...])
        let sum = zip(Self.photograph, indices).reduce(0) { sum, pair in
            let color = palette[Int(pair.1)]
            let (r, g, b) = (
                pair.0.red - color.red, pair.0.green - color.green, pair.0.blue - color.blue
            )
            return sum + r * r + g * g + b * b
        }
        return Double(sum) / Double(Self.photograph.count)
    }

    @Test(arguments: [1, 2, 8, 64, 256])
    func `rounds of k-means make a palette no worse`(count: Int) {
        let census = Self.census(Self.photograph)
        let errors = [0, 1, 4, 16].map {
            error(PaletteChoice.palette(of: census, count: count, refinements: $0))
        }
        // Sums are over cells, so that a pixel may go to another color than its cell.
        for (before, after) in zip(errors, errors.dropFirst()) {
            #expect(after <= before * 1.02, "\(errors)")
        }
        #expect(count > 1 || errors[0] == errors[3])
    }

    @Test func `more colors make less of an error, and few are exact`() {
        let census = Self.census(Self.photograph)
        let errors = [1, 2, 4, 16, 64, 256].map {
            error(PaletteChoice.palette(of: census, count: $0, refinements: 4))
        }
        #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 > 1.2 * $1 }, "\(errors)")
        let few = Array(Self.photograph[..<40])
        let palette = PaletteChoice.palette(of: Self.census(few), count: 64, refinements: 9)
        #expect(palette == Set(few).sorted())
        #expect(
            PaletteChoice.palette(of: ColorCensus(), count: 4, refinements: 1).count == 1)
    }

    @Test func `dithering spreads the error of a pixel, and keeps holes`() {
        let black = PackedColor(red: 0, green: 0, blue: 0)
        let white = PackedColor(red: 255, green: 255, blue: 255)
        var mapper = PaletteMapper([black, white], width: 40, hole: 9, isDithered: true)
        var row = [PackedColor](repeating: PackedColor(red: 64, green: 64, blue: 64), count: 40)
        for x in 10..<20 { row[x] = .none }
        let rows = (0..<40).map { _ in mapper.indices(of: row[...]) }
        #expect(rows.allSatisfy { Array($0[10..<20]) == [UInt8](repeating: 9, count: 10) })
        let whiteCount = rows.joined().count { $0 == 1 }
        // A quarter of 1200 pixels.
        #expect(abs(whiteCount - 301) < 20, "\(whiteCount)")
    }
}
