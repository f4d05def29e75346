@testable import CoinFormat

/// Streams that must be rejected: at least one for each class of §9.
enum FaultyVectors {
    typealias Sound = SoundStream

    static let all =
        truncated + signatures + checksums + order + boxes + fields + descriptors
        + resolutions + tiles

    private static let truncated = [
        FaultyVector(
            bytes: "empty", "4.1", "no byte at all", keeping: 0, error: "truncated", offset: 0),
        FaultyVector(
            bytes: "ends-in-signature", "4.1", "ends after five bytes", keeping: 5,
            error: "truncated", offset: 0),
        FaultyVector(
            bytes: "ends-in-box-type", "4.2", "ends within the type of HEAD",
            keeping: Sound.headOffset + 6, error: "truncated", offset: Sound.headOffset + 4),
        FaultyVector(
            bytes: "ends-in-payload", "4.2", "ends within the payload of the first TILE",
            keeping: Sound.tilePayloadOffset + 9, error: "truncated",
            offset: Sound.tilePayloadOffset),
        FaultyVector(
            bytes: "ends-in-checksum", "4.2", "ends within the checksum of DONE",
            keeping: Sound.byteCount - 1, error: "truncated", offset: Sound.endOffset + 8),
        FaultyVector(
            bytes: "missing-done", "4.3", "ends after the last TILE", keeping: Sound.endOffset,
            error: "truncated", offset: Sound.endOffset),
        FaultyVector(
            bytes: "promised-length", "4.2", "HEAD announces 2^31 - 1 bytes",
            at: Sound.headOffset, put: [0xFF, 0xFF, 0xFF, 0x7F], error: "truncated",
            offset: Sound.headPayloadOffset),
    ]

    private static let signatures = [
        FaultyVector(
            bytes: "other-signature", "4.1", "the signature of PNG",
            put: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], error: "badSignature"),
        FaultyVector(
            bytes: "seven-bit-transfer", "4.1", "the eighth bit of the first byte is lost",
            put: [0x41], error: "textModeDamage"),
        FaultyVector(
            name: "converted-line-ends", section: "4.1", purpose: "CR LF has become LF",
            error: "textModeDamage", offset: 0,
            stream: Array(Sound.bytes[..<5] + Sound.bytes[6...])),
    ]

    private static let checksums = [
        FaultyVector(
            bytes: "checksum-of-head", "4.2", "a wrong checksum of HEAD",
            at: Sound.tileOffset - 1, put: [Sound.bytes[Sound.tileOffset - 1] ^ 0x80],
            error: "badChecksum", offset: Sound.headOffset),
        FaultyVector(
            bytes: "changed-type", "4.2", "the type of DONE has become DONF",
            at: Sound.endOffset + 7, put: [UInt8(ascii: "F")], error: "badChecksum",
            offset: Sound.endOffset),
        FaultyVector(
            boxes: "checksum-of-unknown-box", "4.2", "a wrong checksum of a box to be skipped",
            error: "badChecksum", offset: Sound.tileOffset,
            [Sound.boxes[0], Sound.box("zzzz", [1, 2, 3]).dropLast() + [0]]
                + Sound.boxes.dropFirst()),
    ]

    private static let order = [
        FaultyVector(
            boxes: "missing-head", "4.3", "TILE comes first", error: "misplacedBox",
            offset: Sound.headOffset, Array(Sound.boxes.dropFirst())),
        FaultyVector(
            boxes: "metadata-first", "4.3", "metadata comes before HEAD", error: "misplacedBox",
            offset: Sound.headOffset, [Sound.box("xmpp", [])] + Sound.boxes),
        FaultyVector(
            boxes: "repeated-head", "4.3", "two HEAD", error: "misplacedBox",
            offset: Sound.tileOffset, [Sound.boxes[0]] + Sound.boxes),
        FaultyVector(
            boxes: "repeated-metadata", "4.3", "two iccp", error: "misplacedBox",
            offset: Sound.tileOffset + 13,
            [Sound.boxes[0], Sound.box("iccp", [1]), Sound.box("iccp", [1])]
                + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "late-metadata", "4.3", "metadata after the first TILE",
            error: "misplacedBox", offset: Sound.secondTileOffset,
            Sound.boxes[..<2] + [Sound.box("exif", [1])] + Sound.boxes[2...]),
        FaultyVector(
            boxes: "missing-tile", "4.3", "DONE after one of two TILE", error: "misplacedBox",
            offset: Sound.secondTileOffset, Array(Sound.boxes[..<2] + Sound.boxes[3...])),
        FaultyVector(
            boxes: "too-many-tiles", "4.3", "three TILE instead of two", error: "misplacedBox",
            offset: Sound.endOffset, Array(Sound.boxes[..<3] + Sound.boxes[2...])),
        FaultyVector(
            boxes: "trailing-byte", "4.3", "a byte after DONE", error: "trailingBytes",
            offset: Sound.byteCount, Sound.boxes + [[0]]),
    ]

    private static let boxes = [
        FaultyVector(
            boxes: "unknown-critical-box", "4.2", "a box that may not be skipped",
            error: "unknownBox", offset: Sound.tileOffset,
            [Sound.boxes[0], Sound.box("Zzzz", [])] + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "type-not-letters", "4.2", "a type with a digit", error: "invalidField",
            offset: Sound.tileOffset + 4,
            [Sound.boxes[0], Sound.box("zzz1", [])] + Sound.boxes.dropFirst()),
        FaultyVector(
            bytes: "length-too-large", "4.2", "a box of 2^31 bytes", at: Sound.tileOffset,
            put: [0, 0, 0, 0x80], error: "invalidField", offset: Sound.tileOffset),
        FaultyVector(
            boxes: "done-not-empty", "4.3", "DONE with a payload", error: "wrongLength",
            offset: Sound.endOffset, Sound.boxes.dropLast() + [Sound.box("DONE", [0])]),
        FaultyVector(
            boxes: "head-too-short", "4.2", "HEAD lacks the last width", error: "wrongLength",
            offset: Sound.headOffset,
            [Sound.box("HEAD", Sound.head.dropLast())] + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "head-too-long", "4.2", "a byte after the last descriptor",
            error: "wrongLength", offset: Sound.headOffset,
            [Sound.box("HEAD", Sound.head + [0])] + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "tile-too-short", "4.2", "TILE lacks half of its last value",
            error: "wrongLength", offset: Sound.secondTileOffset,
            Sound.boxes[..<2] + [Sound.box("TILE", Sound.tiles[1].dropLast())]
                + Sound.boxes[3...]),
        FaultyVector(
            boxes: "tile-too-long", "4.2", "a byte after the last value", error: "wrongLength",
            offset: Sound.tileOffset,
            [Sound.boxes[0], Sound.box("TILE", Sound.tiles[0] + [0])] + Sound.boxes[2...]),
    ]

    private static let fields = [
        FaultyVector(
            head: "unknown-version", "5", "version 2", at: 0, put: [2],
            error: "unsupportedVersion"),
        FaultyVector(head: "no-channel", "5", "0 channels", at: 1, put: [0]),
        FaultyVector(head: "five-channels", "5", "5 channels", at: 1, put: [5]),
        FaultyVector(head: "bit-depth", "5", "12 bits", at: 2, put: [12]),
        FaultyVector(head: "orientation-0", "5", "orientation 0", at: 3, put: [0]),
        FaultyVector(head: "orientation-9", "5", "orientation 9", at: 3, put: [9]),
        FaultyVector(head: "no-width", "5", "width 0", at: 6, put: [0]),
        FaultyVector(head: "height-too-large", "5", "height 2^24", at: 10, put: [0, 0, 0, 1]),
        FaultyVector(head: "no-column", "5", "0 columns of tiles", at: 14, put: [0]),
        FaultyVector(
            head: "empty-tiles", "5", "4 rows of tiles, height 3", at: 16, put: [4],
            field: 14),
        FaultyVector(
            head: "overlap-too-large", "5.1", "overlap 2, tiles 2 pixels wide", at: 18, put: [2],
            field: 14),
        FaultyVector(head: "no-architecture", "5", "0 architectures", at: 20, put: [0]),
    ]

    private static let descriptors = [
        FaultyVector(
            head: "unknown-kind", "5.2", "architecture kind 2", at: 21, put: [2],
            error: "unsupportedArchitecture"),
        FaultyVector(head: "coordinates", "5.2", "coordinates 1", at: 22, put: [1]),
        FaultyVector(head: "output-mapping", "5.2", "output mapping 1", at: 23, put: [1]),
        FaultyVector(head: "no-layer", "5.2", "0 layers", at: 24, put: [0]),
        FaultyVector(head: "too-many-layers", "5.2", "17 layers", at: 24, put: [17]),
        FaultyVector(
            head: "first-scale-nan", "5.2", "a scale that is not a number", at: 25,
            put: littleEndian(0x7FC0_0000)),
        FaultyVector(
            head: "first-scale-zero", "5.2", "a scale of 0", at: 25, put: littleEndian(0)),
        FaultyVector(
            head: "hidden-scale-infinite", "5.2", "an infinite scale", at: 29,
            put: littleEndian(0x7F80_0000)),
        FaultyVector(
            head: "hidden-scale-negative", "5.2", "a scale of -1", at: 29,
            put: littleEndian(0xBF80_0000)),
        FaultyVector(
            head: "hidden-scale-too-large", "5.2", "a scale just above 2^16", at: 29,
            put: littleEndian(0x4780_0001)),
        FaultyVector(head: "no-neuron", "5.2", "a layer of width 0", at: 33, put: [0]),
        FaultyVector(head: "too-wide", "5.2", "a layer of width 65", at: 33, put: [65]),
    ]

    private static let resolutions = [
        FaultyVector(resolution: "resolution-nan", "no number for the density", .nan, 1),
        FaultyVector(
            resolution: "resolution-infinite", "an infinite vertical density", 1, .infinity,
            field: 9),
        FaultyVector(resolution: "resolution-zero", "a horizontal density of 0", 0, 1),
        FaultyVector(resolution: "resolution-unit", "unit 3", unit: 3, 1, 1, field: 0),
    ]

    // The payload: index 0, packing at 1, four weights from 2, packing at 10, two biases from 11.
    private static let tiles = [
        FaultyVector(
            tile: "architecture-index", "6", "architecture 1 of one", at: 0, put: [1]),
        FaultyVector(
            tile: "unknown-packing", "6.2", "packing 1 of the second tensor", at: 10, put: [1],
            error: "unsupportedPacking"),
        FaultyVector(
            tile: "weight-infinite", "6.2", "a weight that is -infinity", at: 4,
            put: [0x00, 0xFC]),
        FaultyVector(
            tile: "bias-nan", "6.2", "a bias that is not a number", at: 13, put: [0x01, 0x7C]),
    ]

    private static func littleEndian(_ bits: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: bits)
        return bytes
    }
}
