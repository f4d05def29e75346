@testable import CoinFormat

/// Streams that must be rejected: at least one for each class of §9.
enum FaultyVectors {
    typealias Sound = SoundStream

    static let all =
        truncated + signatures + checksums + order + networks + boxes + lengths + fields
        + descriptors
        + resolutions + tiles

    private static let truncated = [
        FaultyVector(
            bytes: "empty", "4.1", "no byte at all", keeping: 0, error: "truncated", offset: 0),
        FaultyVector(
            bytes: "ends-in-signature", "4.1", "ends after five bytes", keeping: 5,
            error: "truncated", offset: 0),
        FaultyVector(
            bytes: "ends-in-box-type", "4.2", "ends within the type of HEAD",
            keeping: Sound.headOffset + 3, error: "truncated", offset: Sound.headOffset + 1),
        FaultyVector(
            bytes: "ends-in-payload", "4.2", "ends within the payload of the first TILE",
            keeping: Sound.tilePayloadOffset + 9, error: "truncated",
            offset: Sound.tilePayloadOffset),
        FaultyVector(
            bytes: "ends-in-checksum", "4.2", "ends within the last checksum",
            keeping: Sound.byteCount - 1, error: "truncated", offset: Sound.byteCount - 4),
        FaultyVector(
            bytes: "missing-tile", "4.3", "ends after one of two TILE",
            keeping: Sound.secondTileOffset, error: "truncated", offset: Sound.secondTileOffset),
        FaultyVector(
            bytes: "promised-length", "4.2", "HEAD announces 2^31 - 1 bytes",
            at: Sound.headOffset, put: [0xFF, 0xFF, 0xFF, 0xFF, 0x07], replacing: 1,
            error: "truncated", offset: Sound.headPayloadOffset + 4),
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
            bytes: "changed-type", "4.2", "the type of the last TILE has become TILF",
            at: Sound.secondTileOffset + 4, put: [UInt8(ascii: "F")], error: "badChecksum",
            offset: Sound.secondTileOffset),
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
            offset: Sound.tileOffset + 10,
            [Sound.boxes[0], Sound.box("iccp", [1]), Sound.box("iccp", [1])]
                + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "late-metadata", "4.3", "metadata after the first TILE",
            error: "misplacedBox", offset: Sound.secondTileOffset,
            Sound.boxes[..<2] + [Sound.box("exif", [1])] + Sound.boxes[2...]),
        FaultyVector(
            boxes: "too-many-tiles", "4.3", "three TILE instead of two", error: "trailingBytes",
            offset: Sound.byteCount, Sound.boxes + [Sound.boxes[2]]),
        FaultyVector(
            boxes: "trailing-byte", "4.3", "a byte after the last TILE", error: "trailingBytes",
            offset: Sound.byteCount, Sound.boxes + [[0]]),
        FaultyVector(
            boxes: "trailing-box", "4.3", "an unknown ancillary box after the last TILE",
            error: "trailingBytes", offset: Sound.byteCount,
            Sound.boxes + [Sound.box("zzzz", [])]),
    ]

    private static let networks = [
        FaultyVector(
            boxes: "networks-of-siren", "4.3", "NETS of an architecture that shares nothing",
            error: "misplacedBox", offset: Sound.tileOffset,
            [Sound.boxes[0], Sound.box("NETS", [0])] + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "networks-first", "4.3", "NETS before HEAD", error: "misplacedBox",
            offset: Sound.headOffset, [Sound.box("NETS", [0])] + Sound.boxes),
        FaultyVector(
            boxes: "late-networks", "4.3", "NETS after the first TILE", error: "misplacedBox",
            offset: Sound.secondTileOffset,
            Sound.boxes[..<2] + [Sound.box("NETS", [0])] + Sound.boxes[2...]),
        FaultyVector(
            boxes: "repeated-networks", "4.3", "two NETS of one architecture",
            error: "misplacedBox", offset: Sound.tileOffset + 10,
            [Sound.boxes[0], Sound.box("NETS", [0]), Sound.box("NETS", [0])]
                + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "metadata-after-networks", "4.3", "metadata after NETS",
            error: "misplacedBox", offset: Sound.tileOffset + 10,
            [Sound.boxes[0], Sound.box("NETS", [0]), Sound.box("exif", [1])]
                + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "networks-index", "6", "NETS of architecture 1 of one", error: "invalidField",
            offset: Sound.tilePayloadOffset,
            [Sound.boxes[0], Sound.box("NETS", [1])] + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "networks-empty", "6", "NETS without an index", error: "wrongLength",
            offset: Sound.tileOffset,
            [Sound.boxes[0], Sound.box("NETS", [])] + Sound.boxes.dropFirst()),
    ]

    private static let boxes = [
        FaultyVector(
            boxes: "unknown-critical-box", "4.2", "a box that may not be skipped",
            error: "unknownBox", offset: Sound.tileOffset,
            [Sound.boxes[0], Sound.box("Zzzz", [])] + Sound.boxes.dropFirst()),
        FaultyVector(
            boxes: "type-not-letters", "4.2", "a type with a digit", error: "invalidField",
            offset: Sound.tileOffset + 1,
            [Sound.boxes[0], Sound.box("zzz1", [])] + Sound.boxes.dropFirst()),
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

    private static let lengths = [
        FaultyVector(
            bytes: "length-too-large", "4.2", "a box of 2^31 bytes", at: Sound.tileOffset,
            put: [0x80, 0x80, 0x80, 0x80, 0x08], replacing: 1, error: "invalidField",
            offset: Sound.tileOffset),
        FaultyVector(
            bytes: "length-not-shortest", "3", "a length of 23 in two bytes",
            at: Sound.tileOffset, put: [0x97, 0x00], replacing: 1, error: "invalidField",
            offset: Sound.tileOffset),
        FaultyVector(
            bytes: "length-too-long", "3", "a length of six bytes", at: Sound.tileOffset,
            put: [0x97, 0x80, 0x80, 0x80, 0x80, 0x01], replacing: 1, error: "invalidField",
            offset: Sound.tileOffset),
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
        FaultyVector(
            head: "height-too-large", "5", "height 2^24", at: 7,
            put: [0x80, 0x80, 0x80, 0x08], replacing: 1),
        FaultyVector(
            head: "width-not-shortest", "3", "a width of 4 in two bytes", at: 6,
            put: [0x84, 0x00], replacing: 1),
        FaultyVector(head: "no-column", "5", "0 columns of tiles", at: 8, put: [0]),
        FaultyVector(
            head: "empty-tiles", "5", "4 rows of tiles, height 3", at: 9, put: [4],
            field: 8),
        FaultyVector(
            head: "overlap-too-large", "5.1", "overlap 2, tiles 2 pixels wide", at: 10, put: [2],
            field: 8),
        FaultyVector(head: "alignment-too-large", "5", "alignment 13", at: 11, put: [13]),
        FaultyVector(
            head: "alignment-empty-tiles", "5.1", "two columns of tiles, alignment to the width",
            at: 11, put: [2], field: 8),
        FaultyVector(head: "no-architecture", "5", "0 architectures", at: 12, put: [0]),
    ]

    private static let descriptors = [
        FaultyVector(
            head: "unknown-kind", "5.2", "architecture kind 200", at: 13, put: [200],
            error: "unsupportedArchitecture"),
        FaultyVector(
            head: "descriptor-too-short", "5.2", "a descriptor that lacks its last width", at: 14,
            put: [11] + Sound.head[15..<26], replacing: 13),
        FaultyVector(
            head: "descriptor-too-long", "5.2", "a byte after the last width", at: 14,
            put: [13] + Sound.head[15..<27] + [0], replacing: 13),
        FaultyVector(
            head: "descriptor-not-shortest", "3", "a length of a descriptor in two bytes", at: 14,
            put: [0x8C, 0x00], replacing: 1),
        FaultyVector(head: "coordinates", "5.2", "coordinates 1", at: 15, put: [1]),
        FaultyVector(head: "output-mapping", "5.2", "output mapping 1", at: 16, put: [1]),
        FaultyVector(head: "no-layer", "5.2", "0 layers", at: 17, put: [0]),
        FaultyVector(head: "too-many-layers", "5.2", "17 layers", at: 17, put: [17]),
        FaultyVector(
            head: "first-scale-nan", "5.2", "a scale that is not a number", at: 18,
            put: littleEndian(0x7FC0_0000)),
        FaultyVector(
            head: "first-scale-zero", "5.2", "a scale of 0", at: 18, put: littleEndian(0)),
        FaultyVector(
            head: "hidden-scale-infinite", "5.2", "an infinite scale", at: 22,
            put: littleEndian(0x7F80_0000)),
        FaultyVector(
            head: "hidden-scale-negative", "5.2", "a scale of -1", at: 22,
            put: littleEndian(0xBF80_0000)),
        FaultyVector(
            head: "hidden-scale-too-large", "5.2", "a scale just above 2^16", at: 22,
            put: littleEndian(0x4780_0001)),
        FaultyVector(head: "no-neuron", "5.2", "a layer of width 0", at: 26, put: [0]),
        FaultyVector(head: "too-wide", "5.2", "a layer of width 65", at: 26, put: [65]),
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
