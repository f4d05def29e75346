import FormatKit
import Foundation
import TestSupport
import Testing

/// What `vector.json` says of a conformance vector of the bitstream.
struct VectorDescription: Codable, Equatable {
    /// What the stream exercises.
    var purpose: String
    /// The section of the specification that it belongs to.
    var section: String

    // Streams that must be decoded.

    var width: Int?
    var height: Int?
    var channels: Int?
    var bitDepth: Int?
    /// The number of octaves of which there are samples, where it is not 1: those of octave 1 are in
    /// `octave1.pam`, and so on.
    var octaves: Int?
    /// The size at which the picture is sampled: width and height; its own where absent.
    var size: [Int]?
    /// What is decoded: left, top, width and height; everything where absent.
    var region: [Int]?

    /// The tag Orientation; 1 where absent.
    var orientation: Int?
    /// Code points of primaries and transfer; 1 and 13 where absent.
    var color: [Int]?
    /// What the boxes of metadata say; nothing where absent.
    var metadata: VectorMetadata?

    // Streams that must be rejected.

    /// The case of `BitstreamError`.
    var error: String?
    /// Where the fault lies, in bytes from the start of the stream.
    var offset: Int?

    enum CodingKeys: String, CodingKey {
        case purpose, section, width, height, channels, octaves, size, region, orientation, color,
            metadata
        case error, offset
        case bitDepth = "bit_depth"
    }
}

/// What a vector says of the metadata in its stream: blocks in hexadecimal digits.
struct VectorMetadata: Codable, Equatable {
    var icc: String?
    var exif: String?
    var xmp: String?
    /// `none`, `inch` or `centimeter`.
    var unit: String?
    /// Horizontal and vertical.
    var density: [Double]?

    /// The metadata, or `nil` where there is none but what the header says: orientation and colors.
    init?(_ metadata: ImageMetadata) {
        guard !metadata.kinds.subtracting([.orientation, .codePoints]).isEmpty else { return nil }
        icc = metadata.icc.map(Self.hexadecimal)
        exif = metadata.exif.map(Self.hexadecimal)
        xmp = metadata.xmp.map(Self.hexadecimal)
        unit = metadata.resolution?.unit.rawValue
        density = metadata.resolution.map { [$0.horizontal, $0.vertical] }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A folder of `spec/vectors`: a stream and what it decodes to, or the error that it must give.
struct CoinVector: Sendable, CustomTestStringConvertible {
    /// Where all vectors lie.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "spec/vectors")

    enum Group: String, CaseIterable {
        /// What every encoder may write.
        case valid
        /// What is allowed but rare, and decoding at other sizes.
        case unusual
        /// What must be rejected.
        case faulty
    }

    let group: Group
    let folder: URL

    /// The vectors of some groups, in the order of their numbers.
    static func all(_ groups: Group...) -> [CoinVector] {
        groups.flatMap { group in
            folders(in: root.appending(path: group.rawValue)).map {
                CoinVector(group: group, folder: $0)
            }
        }
    }

    /// The folders in a folder, sorted.
    static func folders(in url: URL) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: url, includingPropertiesForKeys: [.isDirectoryKey])
        return (found ?? []).filter(\.hasDirectoryPath).sorted { $0.path < $1.path }
    }

    var testDescription: String { "\(group.rawValue)/\(folder.lastPathComponent)" }

    /// The bytes of the stream.
    func stream() throws -> [UInt8] { try folder.appending(path: "input.coin").readBytes() }

    /// The samples that it must decode to.
    func expectedSamples(octave: Int = 0) throws -> PAMFile {
        try PAMFile(
            parsing: folder.appending(path: Self.samplesName(octave: octave)).readBytes())
    }

    /// The name of the file of samples at an octave.
    static func samplesName(octave: Int) -> String {
        octave == 0 ? "expected.pam" : "octave\(octave).pam"
    }

    func description() throws -> VectorDescription {
        try JSONDecoder().decode(
            VectorDescription.self,
            from: Data(contentsOf: folder.appending(path: "vector.json")))
    }
}

extension VectorDescription {
    /// The size at which the picture is sampled.
    var imageSize: ImageSize? {
        size.map { ImageSize(width: $0[0], height: $0[1]) }
    }

    /// The octaves above 0 of which there are samples, with their sizes.
    var coarserOctaves: [(octave: Int, size: ImageSize)] {
        (1..<max(1, octaves ?? 1)).map { octave in
            let more = (1 << octave) - 1
            return (
                octave,
                ImageSize(
                    width: ((width ?? 0) + more) >> octave,
                    height: ((height ?? 0) + more) >> octave)
            )
        }
    }

    /// What is decoded.
    var pixelRegion: PixelRegion? {
        region.map { PixelRegion(columns: $0[0]..<$0[0] + $0[2], rows: $0[1]..<$0[1] + $0[3]) }
    }

    /// The description as the bytes of `vector.json`.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}
