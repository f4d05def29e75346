@testable import CoinFormat

/// A stream with one fault, and the error that names it.
struct FaultyVector {
    let name: String
    let section: String
    let purpose: String
    let error: String
    let offset: Int
    let stream: [UInt8]
}

/// A stream with two tiles, and where what lies in it.
enum SoundStream {
    static let headOffset = 8
    static let headPayloadOffset = headOffset + 5
    /// After a `HEAD` of 13 bytes and a descriptor of 14.
    static let tileOffset = headPayloadOffset + 27 + 4
    static let tilePayloadOffset = tileOffset + 5
    /// A tile has an index, four packings and nine values of two bytes.
    static let secondTileOffset = tilePayloadOffset + 23 + 4
    static let byteCount = secondTileOffset + 5 + 23 + 4

    static let file = CoinFile(
        .of(4, 3, columns: 2, overlap: 1), channels: 1, [SirenDescriptor(widths: [2])], seed: 200)
    static let head = file.header.serialized
    static let tiles = file.tiles.map(\.box.payload)
    static let boxes = [box("HEAD", head)] + tiles.map { box("TILE", $0) }
    static let bytes = stream(boxes)

    /// A box with the right checksum.
    static func box(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        Box.serialized(BoxType(name: name), payload)
    }

    static func stream(_ boxes: [[UInt8]]) -> [UInt8] { CoinFile.signature + boxes.joined() }
}

extension FaultyVector {
    /// The sound stream with other bytes from `index` on, in the place of as many or `replaced`.
    init(
        bytes name: String, _ section: String, _ purpose: String, at index: Int = 0,
        put bytes: [UInt8] = [], replacing replaced: Int? = nil, keeping count: Int = .max,
        error: String, offset: Int = 0
    ) {
        var stream = SoundStream.bytes
        stream.replaceSubrange(index..<index + (replaced ?? bytes.count), with: bytes)
        self.init(
            name: name, section: section, purpose: purpose, error: error, offset: offset,
            stream: Array(stream.prefix(count)))
    }

    /// The signature and other boxes.
    init(
        boxes name: String, _ section: String, _ purpose: String, error: String, offset: Int,
        _ boxes: [[UInt8]]
    ) {
        self.init(
            name: name, section: section, purpose: purpose, error: error, offset: offset,
            stream: SoundStream.stream(boxes))
    }

    /// The sound stream with other bytes in the payload of `HEAD`, and the right checksum; the
    /// error is at `field`, where that does not start with them.
    init(
        head name: String, _ section: String, _ purpose: String, at index: Int,
        put bytes: [UInt8], replacing replaced: Int? = nil, error: String = "invalidField",
        field: Int? = nil
    ) {
        var head = SoundStream.head
        head.replaceSubrange(index..<index + (replaced ?? bytes.count), with: bytes)
        self.init(
            boxes: name, section, purpose, error: error,
            offset: SoundStream.headPayloadOffset + (field ?? index),
            [SoundStream.box("HEAD", head)] + SoundStream.boxes.dropFirst())
    }

    /// The sound stream with other bytes in the payload of the first `TILE`.
    init(
        tile name: String, _ section: String, _ purpose: String, at index: Int,
        put bytes: [UInt8], error: String = "invalidField"
    ) {
        var tile = SoundStream.tiles[0]
        tile.replaceSubrange(index..<index + bytes.count, with: bytes)
        self.init(
            boxes: name, section, purpose, error: error,
            offset: SoundStream.tilePayloadOffset + index,
            [SoundStream.boxes[0], SoundStream.box("TILE", tile)] + SoundStream.boxes.dropFirst(2))
    }

    /// The sound stream with a resolution that is wrong from byte `index` of its box on.
    init(
        resolution name: String, _ purpose: String, unit: UInt8 = 1, _ horizontal: Double,
        _ vertical: Double, field index: Int = 1
    ) {
        var payload = [unit]
        payload.append(littleEndian: horizontal.bitPattern)
        payload.append(littleEndian: vertical.bitPattern)
        self.init(
            boxes: name, "5.3", purpose, error: "invalidField",
            offset: SoundStream.tilePayloadOffset + index,
            [SoundStream.boxes[0], SoundStream.box("reso", payload)]
                + SoundStream.boxes.dropFirst())
    }
}
