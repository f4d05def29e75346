import FormatKit
import Testing

@testable import CoinFormat

@Suite struct SirenArchitectureTests {
    private static func architecture(
        _ width: Int, _ height: Int, columns: Int, rows: Int, overlap: Int, widths: [[Int]]
    ) throws -> SirenArchitecture {
        let size = ImageSize(width: width, height: height)
        return try SirenArchitecture(
            CoinHeader(
                size: size, channelCount: 4, bitDepth: 8,
                grid: try #require(
                    TileGrid(size: size, columns: columns, rows: rows, overlap: overlap)),
                architectures: widths.map {
                    SirenArchitecture.descriptor(SirenDescriptor(widths: $0))
                }))
    }

    @Test func `bounds the work of decoding, overlaps included`() throws {
        let architecture = try Self.architecture(
            300, 200, columns: 3, rows: 2, overlap: 10, widths: [[28], [64, 1]])
        // (300 + 2·10·2)·(200 + 2·10·1) pixels, 64·2 + 64 + 4 multiply-adds or fewer.
        #expect(architecture.cost(threadCount: 1).multiplyAddCount == 340 * 220 * (2 * 64 + 64 + 4))
    }

    @Test func `bounds the work of the largest picture without overflow`() throws {
        let architecture = try Self.architecture(
            0xFF_FFFF, 0xFF_FFFF, columns: 256, rows: 256, overlap: 32_767,
            widths: [[Int](repeating: 64, count: 16)])
        #expect(architecture.cost(threadCount: 1).multiplyAddCount == .max)
    }
}
