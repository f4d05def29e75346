import FormatKit
import Testing

@Suite struct SelectionTests {
    private let native = ImageSize(width: 20, height: 10)

    @Test(
        arguments: [
            (Selection.whole, "20x10", "0,0,20,10"),
            (Selection(scale: .factor(2)), "40x20", "0,0,40,20"),
            (Selection(scale: .factor(0.26)), "5x3", "0,0,5,3"),
            (Selection(scale: .size(ImageSize(width: 7, height: 9))), "7x9", "0,0,7,9"),
            (
                Selection(region: PixelRegion(columns: 3..<20, rows: 9..<10)), "20x10",
                "3,9,17,1"
            ),
        ] as [(Selection, String, String)])
    func `means a size and a region of it`(
        selection: Selection, size: String, region: String
    ) throws {
        let resolved = try selection.resolved(for: native)
        #expect("\(resolved.size)" == size && "\(resolved.region)" == region)
    }

    @Test(
        arguments: [
            (Selection(region: PixelRegion(columns: 3..<21, rows: 0..<1)), "region"),
            (Selection(region: PixelRegion(columns: 3..<3, rows: 0..<1)), "region"),
            (Selection(scale: .size(ImageSize(width: 0, height: 9))), "size"),
            (Selection(scale: .factor(0.001)), "scale"),
            (Selection(scale: .factor(1e12)), "scale"),
            (Selection(scale: .factor(.nan)), "scale"),
        ])
    func `refuses what no picture has`(selection: Selection, option: String) {
        let error = #expect(throws: ImageError.self) { try selection.resolved(for: native) }
        guard case .invalidOption(option, _) = error else {
            Issue.record("\(String(describing: error)) does not name \(option)")
            return
        }
    }

    @Test func `crops any format`() throws {
        let plugin = ToyFormat()
        let registry = try FormatRegistry([plugin])
        let file = toyFile(width: 20, height: 10, layout: 1)
        let region = PixelRegion(columns: 3..<8, rows: 4..<10)
        let sink = MemorySink()
        _ = try Converter(registry: registry, context: CodecContext()).convert(
            MemorySource(file), selection: Selection(region: region), to: plugin,
            settings: WriteSettings(), makeSink: { sink })
        let pixels = Array(file[7...])
        let expected = region.rows.flatMap { row in
            pixels[(row * 20 + 3) * 3..<(row * 20 + 8) * 3]
        }
        #expect(Array(sink.bytes[7...]) == expected)
        #expect(Array(sink.bytes[4..<6]) == [5, 6])
    }
}
