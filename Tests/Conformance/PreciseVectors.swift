import FormatKit

@testable import CoinFormat

/// Streams in which an error in the last place of one operation changes samples plainly.
///
/// Random networks hide such errors: decoders that round twice, or flush subnormals, would pass.
enum PreciseVectors {
    static let all: [DecodableVector] = [
        vector(
            "rounded-once", "7.3", "sums just off a tie, by less than binary64 resolves",
            roundedOnce, region: [0x80_0000 - 6, 0, 6, 1]),
        vector("odd-angles", "7.3", "odd numbers of turns above 2^23, and half turns", oddAngles),
        vector(
            "far-blend", "7.4", "a blend where binary32 cannot tell neighboring columns apart",
            farBlend, region: [11_184_810 - 6, 0, 12, 1]),
        vector(
            "end-of-blend", "7.2", "columns and rows exactly where an overlap ends", endOfBlend,
            size: [4, 4]),
        vector(
            "subnormal-values", "3", "values down to 2^-138, amplified: flushing makes it flat",
            subnormalValues),
    ]

    private static func vector(
        _ name: String, _ section: String, _ purpose: String, _ file: CoinFile,
        size: [Int]? = nil, region: [Int]? = nil
    ) -> DecodableVector {
        DecodableVector(
            name: name, section: section, purpose: purpose, stream: file.serialized, size: size,
            region: region)
    }

    /// 2^15 + 2^−8: its multiples by powers of two have an odd last place.
    private static let oddScale: Float = 0x1.000002p15

    /// A quarter turn, or, rounded to binary64 and then to binary32, a half turn or none.
    ///
    /// In the last column x = 1 − 2^−23 and w·x = ±2^−3·(1 − 2^−46): just less than half of the
    /// last place of the bias 2^21 + 2^−2, which rounded to binary64 is a tie.
    private static var roundedOnce: CoinFile {
        let weight: Float = 0x1p-18
        return CoinFile(
            .of(0x80_0000, 1), channels: 3,
            SirenDescriptor(widths: [2], firstScale: oddScale),
            [[weight, 0, -weight, 0, 64, 64, 1, 0, 0, 1, 0.5, -0.5, 0, 0, 0.25]])
    }

    /// The angles 2^23 + 1 + 4·x, its negative, and 2^22 + ½: all sines are zero.
    ///
    /// Adding ½ before rounding down to a whole number rounds twice here.
    private static var oddAngles: CoinFile {
        CoinFile(
            .of(12, 1), channels: 3, SirenDescriptor(widths: [3], firstScale: oddScale),
            [
                [0x1p-13, 0, -0x1p-13, 0, 0, 0, 256, -256, 128]
                    + [1, 0, 0, 0, 1, 0, 0, 0, 1, 0.25, 0.5, 0.75]
            ])
    }

    /// From black to white around column 11 184 810; from 2^23 on, binary32 has no halves.
    private static var farBlend: CoinFile {
        CoinFile(
            .of(0xFF_FFFF, 1, columns: 3, overlap: 3), channels: 1,
            SirenDescriptor(widths: [1]), [0, 0, 1].map { [0, 0, 0, 0, $0] })
    }

    /// Large outputs beside small ones, with samples at 1, 3, 5 and 7.
    ///
    /// The overlap reaches from 3 up to but not including 5. There, nothing of the large output may
    /// be left: a blend of weight 1 would leave its rounding error.
    private static var endOfBlend: CoinFile {
        CoinFile(
            .of(8, 8, columns: 2, rows: 2, overlap: 1), channels: 1, bitDepth: 16,
            SirenDescriptor(widths: [1]), [60_000, 0.3, -60_000, 0.7].map { [0, 0, 0, 0, $0] })
    }

    /// Six layers make x smaller, by 2^−40 at first, down to 2^−138; seven make it larger again.
    private static var subnormalValues: CoinFile {
        let factors: [Float] =
            [Float](repeating: 0x1p-24, count: 5) + [0x1p-14]
            + [Float](repeating: 0x1p15, count: 7)
        return CoinFile(
            .of(24, 1), channels: 1, bitDepth: 16,
            SirenDescriptor(
                widths: [Int](repeating: 1, count: 13), firstScale: 0x1p-16, hiddenScale: 1),
            [[factors[0], 0, 0] + factors.dropFirst().flatMap { [$0, 0] } + [640, 0.5]])
    }
}

extension CoinFile {
    /// A file of one architecture with the values of each tile.
    fileprivate init(
        _ grid: TileGrid, channels: Int, bitDepth: Int = 8, _ descriptor: SirenDescriptor,
        _ tiles: [[Float]]
    ) {
        let header = CoinHeader(
            size: grid.size, channelCount: channels, bitDepth: bitDepth, grid: grid,
            architectures: [SirenArchitecture.descriptor(descriptor)])
        self.init(header: header, metadata: ImageMetadata(), tiles: [])
        replaceWeights(
            descriptor,
            tiles.map { values in
                precondition(values.count == descriptor.parameterCount(channelCount: channels))
                return values.map(Binary16.encode)
            })
    }
}
