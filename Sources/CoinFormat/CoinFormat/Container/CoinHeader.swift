internal import FormatKit

/// The content of the first box, `HEAD` (§5).
///
/// | Size   | Field              | Value                                     |
/// | ------ | ------------------ | ----------------------------------------- |
/// | 1      | version            | 1                                         |
/// | 1      | channels           | 1 gray, 2 gray+alpha, 3 RGB, 4 RGBA       |
/// | 1      | bit depth          | 8 or 16                                   |
/// | 1      | orientation        | 1…8, as in TIFF 6.0                       |
/// | 1      | color primaries    | ITU-T H.273 code point                    |
/// | 1      | transfer           | ITU-T H.273 code point                    |
/// | varint | width              | 1…2^24 − 1                                |
/// | varint | height             | 1…2^24 − 1                                |
/// | …      | tiles              | the grid (§5.1)                           |
/// | 1      | architecture count | 1…255                                     |
/// | …      | architectures      | descriptors, one after another (§5.2)     |
struct CoinHeader: Equatable, Sendable {
    static let version: UInt8 = 1
    static let dimensionRange: ClosedRange<Int> = 1...0xFF_FFFF

    var size: ImageSize
    var channelCount: Int
    var bitDepth: Int
    var orientation: Orientation
    var colorPrimaries: UInt8
    var transfer: UInt8
    var grid: TileGrid
    var architectures: [ArchitectureDescriptor]

    /// The H.273 code points of sRGB.
    static let sRGB: (primaries: UInt8, transfer: UInt8) = (1, 13)
    /// The H.273 code point for "see the profile, or unknown".
    static let unspecified: UInt8 = 2

    /// Parses the payload of `HEAD`.
    init(parsing reader: inout ByteReader) throws(BitstreamError) {
        let start = reader.offset
        let version = try reader.read(UInt8.self)
        guard version == Self.version else {
            throw .unsupportedVersion(version, offset: start)
        }
        channelCount = Int(try reader.readByte("the number of channels", in: 1...4))
        bitDepth = try Self.readBitDepth(&reader)
        let turns = try reader.readByte("the orientation", in: 1...8)
        orientation = Orientation(rawValue: Int(turns)) ?? .up
        colorPrimaries = try reader.read()
        transfer = try reader.read()
        size = ImageSize(
            width: try reader.readVarint("the width", in: Self.dimensionRange),
            height: try reader.readVarint("the height", in: Self.dimensionRange))
        grid = try TileGrid(parsing: &reader, size: size)
        let count = try reader.readByte("the number of architectures", in: 1...255)
        architectures = []
        for _ in 0..<count {
            architectures.append(try ArchitectureDescriptor(parsing: &reader))
        }
    }

    /// The payload of `HEAD`, the inverse of ``init(parsing:)``.
    var serialized: [UInt8] {
        var bytes: [UInt8] = [
            Self.version, UInt8(channelCount), UInt8(bitDepth), UInt8(orientation.rawValue),
            colorPrimaries, transfer,
        ]
        bytes.append(varint: size.width)
        bytes.append(varint: size.height)
        bytes += grid.serialized
        bytes.append(UInt8(architectures.count))
        return bytes + architectures.flatMap(\.serialized)
    }

    private static func readBitDepth(_ reader: inout ByteReader) throws(BitstreamError) -> Int {
        let offset = reader.offset
        let depth = try reader.read(UInt8.self)
        guard depth == 8 || depth == 16 else {
            throw .invalidField(
                "the bit depth", found: "\(depth)", expected: "8 or 16", offset: offset)
        }
        return Int(depth)
    }
}

extension CoinHeader {
    /// Creates a header; the orientation is upright and the color sRGB unless said otherwise.
    init(
        size: ImageSize, channelCount: Int, bitDepth: Int, grid: TileGrid,
        architectures: [ArchitectureDescriptor], orientation: Orientation = .up,
        colorPrimaries: UInt8 = sRGB.primaries, transfer: UInt8 = sRGB.transfer
    ) {
        self.size = size
        self.channelCount = channelCount
        self.bitDepth = bitDepth
        self.orientation = orientation
        self.colorPrimaries = colorPrimaries
        self.transfer = transfer
        self.grid = grid
        self.architectures = architectures
    }

    /// How decoded pixels lie in memory.
    var layout: PixelLayout {
        PixelLayout(
            channelCount <= 2 ? .gray : .rgb, bitDepth == 8 ? .uint8 : .uint16,
            alpha: channelCount % 2 == 0 ? .straight : .opaque)
    }
}
