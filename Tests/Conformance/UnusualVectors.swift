import FormatKit

@testable import CoinFormat

/// Streams that are allowed but rare, and decoding at other sizes.
enum UnusualVectors {
    static func all() throws -> [DecodableVector] {
        streams + sizes + [try unknownBoxes()] + PreciseVectors.all
    }

    private static let streams: [DecodableVector] = [
        vector(
            "pixel-tiles", "5.1", "a tile for every pixel",
            CoinFile(
                .of(6, 5, columns: 6, rows: 5), channels: 3, [SirenDescriptor(widths: [2])],
                seed: 101)),
        vector(
            "largest-overlap", "5.1", "blends that meet in the middle of the tiles",
            CoinFile(.of(25, 17, columns: 3, rows: 2, overlap: 4), channels: 3, seed: 102)),
        vector(
            "unused-overlap", "5.1", "an overlap of 65535 pixels, but one tile",
            CoinFile(.of(8, 6, overlap: 0xFFFF), channels: 1, seed: 103)),
        vector(
            "wide-overlap", "5.1", "tiles one above the other that overlap by more than the width",
            CoinFile(.of(3, 40, rows: 2, overlap: 10), channels: 2, seed: 104)),
        vector(
            "aligned-tiles", "5.1", "tiles that begin at multiples of 8; the last are cut off",
            CoinFile(
                .of(29, 21, columns: 3, rows: 2, overlap: 2, alignment: 3), channels: 3,
                seed: 112)),
        vector(
            "largest-alignment", "5.1", "one tile, aligned to 4096 pixels",
            CoinFile(.of(9, 7, alignment: 12), channels: 1, seed: 113)),
        vector(
            "scales-small-large", "7.1", "scales 2^-16 and 2^16: large and subnormal weights",
            CoinFile(
                .of(18, 14), channels: 3,
                [SirenDescriptor(widths: [8, 8, 8], firstScale: 0x1p-16, hiddenScale: 0x1p16)],
                seed: 105)),
        vector(
            "scales-large-small", "7.1", "scales 2^16 and 2^-16: subnormal and large weights",
            CoinFile(
                .of(18, 14), channels: 3,
                [SirenDescriptor(widths: [8, 8, 8], firstScale: 0x1p16, hiddenScale: 0x1p-16)],
                seed: 106)),
        vector("largest-angles", "7.3", "65504 times 2^16 turns, whole numbers", largestAngles),
        vector("255-architectures", "5.2", "the last of 255 architectures", manyArchitectures),
        vector("code-points", "5", "reserved code points of color", codePoints),
    ]

    private static let sizes: [DecodableVector] = {
        let tiled = CoinFile(.of(26, 18, columns: 3, rows: 2, overlap: 3), channels: 3, seed: 110)
        let deep = CoinFile(
            tiled.header.grid, channels: 1, bitDepth: 16,
            [SirenDescriptor(widths: [8, 8, 8, 8])], seed: 111)
        return [
            vector("larger", "7.2", "decoding at a larger size", tiled, size: [47, 40]),
            vector(
                "smaller", "7.2", "decoding at a size at which some tiles have one row or column",
                tiled, size: [5, 3]),
            vector("one-pixel", "7.2", "decoding at 1x1", tiled, size: [1, 1]),
            vector(
                "region-of-larger", "7.2", "a region of a larger size, across tiles", deep,
                size: [211, 157], region: [60, 70, 30, 17]),
            vector(
                "region-of-largest", "7.2", "a region of the largest size, at its end", deep,
                size: [0xFF_FFFF, 0xFF_FFFF], region: [0xFF_FFFF - 8, 0xFF_FFFF - 6, 8, 6]),
        ]
    }()

    private static func unknownBoxes() throws -> DecodableVector {
        var file = CoinFile(.of(14, 10, columns: 2, overlap: 2), channels: 3, seed: 120)
        file.metadata.resolution = Resolution(horizontal: 1, vertical: 2, unit: .none)
        func box(_ name: String, _ text: String) -> [UInt8] {
            Box.serialized(BoxType(name: name), Array(text.utf8))
        }
        // Boxes: HEAD, reso, TILE, TILE.
        return DecodableVector(
            name: "unknown-boxes", section: "4.3",
            purpose: "unknown ancillary boxes everywhere, repeated, empty, named like others",
            stream: try file.serialized(inserting: [
                1: [box("zzzz", "after HEAD"), box("zzzz", "repeated")],
                2: [box("eMPT", "")],
                3: [box("tILE", "between tiles"), box("nETS", "last but one")],
            ]))
    }

    private static func vector(
        _ name: String, _ section: String, _ purpose: String, _ file: CoinFile,
        size: [Int]? = nil, region: [Int]? = nil
    ) -> DecodableVector {
        DecodableVector(
            name: name, section: section, purpose: purpose, stream: file.serialized, size: size,
            region: region)
    }

    /// Angles that lose their fraction: all numbers from 2^23 on are whole.
    private static var largestAngles: CoinFile {
        let descriptor = SirenDescriptor(
            widths: [6, 6], firstScale: 0x1p16, hiddenScale: 0x1p16)
        var file = CoinFile(.of(11, 7), channels: 3, [descriptor], seed: 107)
        var values = file.weights(ofTile: 0)
        // Half of the first layer's neurons, weights and biases.
        for index in 0..<6 { values[index] = index % 2 == 0 ? 0x7BFF : 0xFBFF }
        for index in 12..<15 { values[index] = 0x7BFF }
        file.replaceWeights(descriptor, [values])
        return file
    }

    private static var manyArchitectures: CoinFile {
        let architectures = (0..<255).map { index in
            SirenDescriptor(widths: [1 + index % 7], firstScale: 1 + Float(index) / 64)
        }
        var file = CoinFile(.of(7, 5), channels: 3, architectures, seed: 108)
        let last = architectures[254]
        file.tiles = [
            TileWeights(
                rounding: last.parameters(channelCount: 3, seed: 108), architecture: 254,
                descriptor: last, channelCount: 3
            ).payload(last, channelCount: 3)
        ]
        return file
    }

    private static var codePoints: CoinFile {
        var file = CoinFile(.of(5, 6), channels: 4, bitDepth: 16, seed: 109)
        file.header.colorPrimaries = 0
        file.header.transfer = 255
        file.header.orientation = .left
        file.metadata.orientation = .left
        return file
    }
}
