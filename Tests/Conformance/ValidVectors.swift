import FormatKit

@testable import CoinFormat

/// Streams as every encoder may write them.
enum ValidVectors {
    static let all: [DecodableVector] = [
        vector(
            "gray-pixel", "5", "one gray pixel, one layer of one neuron",
            CoinFile(.of(1, 1), channels: 1, [SirenDescriptor(widths: [1])], seed: 1)),
        vector(
            "gray-alpha", "5", "gray and alpha", CoinFile(.of(12, 9), channels: 2, seed: 2)),
        vector("rgb", "5", "RGB", CoinFile(.of(16, 12), channels: 3, seed: 3)),
        vector("rgba", "5", "RGB and alpha", CoinFile(.of(13, 11), channels: 4, seed: 4)),
        vector(
            "rgb-16-bit", "7.5", "samples of 16 bits",
            CoinFile(.of(17, 13), channels: 3, bitDepth: 16, seed: 5)),
        vector(
            "overlapping-tiles", "7.4", "3 by 2 tiles of unequal sizes that overlap by 4 pixels",
            CoinFile(.of(34, 25, columns: 3, rows: 2, overlap: 4), channels: 3, seed: 6)),
        vector(
            "separate-tiles", "7.2", "2 by 3 tiles that do not overlap, 16 bits, gray and alpha",
            CoinFile(.of(15, 26, columns: 2, rows: 3), channels: 2, bitDepth: 16, seed: 7)),
        vector(
            "tapered-widths", "5.2", "five layers, each with its own width",
            CoinFile(
                .of(24, 18), channels: 3, [SirenDescriptor(widths: [17, 9, 8, 5, 3])], seed: 8)),
        vector(
            "architectures", "6", "three architectures in turns in 2 by 2 tiles",
            CoinFile(
                .of(22, 20, columns: 2, rows: 2, overlap: 3), channels: 3,
                [
                    SirenDescriptor(widths: [4]),
                    SirenDescriptor(widths: [7, 5], firstScale: 2, hiddenScale: 1.5),
                    SirenDescriptor(widths: [3, 4, 8], firstScale: 0.25, hiddenScale: 6),
                ], seed: 9)),
        vector("metadata", "5.3", "all metadata, an orientation, color of BT.2100", metadata),
        vector(
            "largest-network", "5.2", "16 layers of 64 neurons",
            CoinFile(
                .of(9, 6), channels: 4,
                [SirenDescriptor(widths: [Int](repeating: 64, count: 16))], seed: 11)),
        vector("extreme-weights", "6.2", "the largest, smallest and negative zero", extremes),
        vector(
            "row", "7.2", "one row of pixels, five tiles of 12 and 13 pixels",
            CoinFile(.of(61, 1, columns: 5, overlap: 6), channels: 3, seed: 13)),
        vector(
            "column", "7.2", "one column of pixels, three tiles",
            CoinFile(.of(1, 47, rows: 3, overlap: 5), channels: 1, seed: 14)),
    ]

    private static func vector(
        _ name: String, _ section: String, _ purpose: String, _ file: CoinFile
    ) -> DecodableVector {
        DecodableVector(
            name: name, section: section, purpose: purpose, stream: file.serialized)
    }

    private static var metadata: CoinFile {
        var file = CoinFile(.of(10, 8), channels: 3, seed: 10)
        file.header.orientation = .right
        file.header.colorPrimaries = 9
        file.header.transfer = 16
        file.metadata = ImageMetadata(
            icc: Array("not a profile, but carried as it is".utf8),
            // The order of bytes, 42, IFD0 at 8: no entry, no next one.
            exif: [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            xmp: Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>".utf8),
            resolution: Resolution(horizontal: 300, vertical: 72.5, unit: .inch),
            orientation: .right)
        return file
    }

    /// Weights 65504, the least normal number, subnormals and zeros with both signs, among others.
    private static var extremes: CoinFile {
        let descriptor = SirenDescriptor(widths: [16, 16])
        var file = CoinFile(.of(20, 15), channels: 4, [descriptor], seed: 12)
        var values = file.weights(ofTile: 0)
        let extremes: [UInt16] = [
            0x7BFF, 0xFBFF, 0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400,
        ]
        let sizes = TileWeights.tensorSizes(descriptor, channelCount: 4)
        let outputStart = sizes[..<4].reduce(0, +)
        for index in stride(from: 0, to: outputStart, by: 3) {
            values[index] = extremes[index / 3 % extremes.count]
        }
        // The last channel leaves the unit interval far on both sides.
        for index in 0..<16 { values[outputStart + 3 * 16 + index] = extremes[index % 2] }
        file.replaceWeights(descriptor, [values])
        return file
    }
}
