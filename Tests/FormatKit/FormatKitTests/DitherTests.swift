import FormatKit
import Testing

@Suite struct DitherTests {
    private let deep = PixelLayout(.gray, .uint16)
    private let flat = PixelLayout(.gray, .uint8)

    /// An 8 × 8 area of one value, dithered in bands of a number of rows.
    private func dithered(_ value: UInt16, rowsPerBand: Int = 8) throws -> [UInt8] {
        let converter = try #require(PixelConverter(from: deep, to: flat, isDithered: true))
        var result: [UInt8] = []
        for row in stride(from: 0, to: 8, by: rowsPerBand) {
            let samples = [UInt16](repeating: value, count: 8 * rowsPerBand)
            let band = PixelBand(
                width: 8, layout: deep,
                bytes: unsafe samples.withUnsafeBytes { unsafe Array($0) })
            result += converter.convert(band, firstRow: row).bytes
        }
        return result
    }

    @Test func `areas keep their mean`() throws {
        for value in stride(from: UInt16(0), to: 65_000, by: 97) {
            let area = try dithered(value)
            let mean = Double(area.reduce(0) { $0 + Int($1) }) / 64
            #expect(abs(mean - Double(value) / 257) <= 0.5 / 64 + 1e-9)
            #expect(Set(area).count <= 2)
        }
    }

    @Test func `what needs no rounding stays as it is`() throws {
        for value in UInt8.min...UInt8.max {
            #expect(try dithered(UInt16(value) * 257) == [UInt8](repeating: value, count: 64))
        }
    }

    @Test func `bands do not show`() throws {
        #expect(try dithered(12_345, rowsPerBand: 2) == dithered(12_345))
    }

    @Test func `reals are dithered as integers are`() throws {
        let real = PixelLayout(.gray, .float32)
        let converter = try #require(PixelConverter(from: real, to: flat, isDithered: true))
        let samples = [Float](repeating: Float(12_345.0 / 65_535), count: 64)
        let band = PixelBand(
            width: 8, layout: real, bytes: unsafe samples.withUnsafeBytes { unsafe Array($0) })
        #expect(converter.convert(band).bytes == (try dithered(12_345)))
    }

    @Test func `nothing else is dithered`() throws {
        let converter = try #require(PixelConverter(from: flat, to: deep, isDithered: true))
        let band = PixelBand(width: 2, layout: flat, bytes: [7, 7])
        let plain = try #require(PixelConverter(from: flat, to: deep))
        #expect(converter.convert(band) == plain.convert(band))
    }
}
