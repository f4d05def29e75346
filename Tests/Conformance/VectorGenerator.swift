import FormatKit
import Foundation
import TestSupport
import Testing

@testable import CoinFormat

/// Writes the conformance vectors anew, but for the text above the tables of their README.
///
///     UPDATE_VECTORS=1 swift test --filter VectorGenerator
///
/// The same sources give the same files. What changes there changes the bitstream or its decoding.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["UPDATE_VECTORS"] == "1"))
struct VectorGenerator {
    /// The line of the README after which everything is written by this.
    private static let mark =
        "<!-- The rest is written by Tests/Conformance/VectorGenerator.swift. -->\n"

    @Test func `writes the conformance vectors`() throws {
        for group in CoinVector.Group.allCases {
            let folder = CoinVector.root.appending(path: group.rawValue)
            try? FileManager.default.removeItem(at: folder)
        }
        let latents = try LatentVectors()
        var tables = ""
        tables += try Self.write(
            .valid, ValidVectors.all.map(Self.files) + latents.files(.valid))
        tables += try Self.write(
            .unusual, UnusualVectors.all().map(Self.files) + latents.files(.unusual))
        tables += try Self.write(
            .faulty, FaultyVectors.all.map(Self.files) + latents.files(.faulty))
        let readme = CoinVector.root.appending(path: "README.md")
        let text = try String(contentsOf: readme, encoding: .utf8)
        let end = try #require(text.range(of: Self.mark)).upperBound
        try Data((text[..<end] + tables).utf8).write(to: readme)
    }

    /// What a folder holds.
    struct Files {
        let name: String
        let description: VectorDescription
        let stream: [UInt8]
        /// Octave by octave; none of a stream that must be rejected.
        let samples: [PAMFile]
    }

    /// A stream that must be decoded, with the samples that scalar code makes of it.
    private static func files(_ vector: DecodableVector) throws -> Files {
        var context = CodecContext()
        context.kernels = .scalar
        let decoder = try CoinDecoder(parsing: vector.stream, context: context)
        let header = decoder.header
        let head = try CoinFile(parsing: vector.stream).header
        let color = [Int(head.colorPrimaries), Int(head.transfer)]
        let orientation = header.metadata.orientation
        let description = VectorDescription(
            purpose: vector.purpose, section: vector.section, width: header.size.width,
            height: header.size.height, channels: header.layout.channelCount,
            bitDepth: header.layout.sample.bitCount, size: vector.size, region: vector.region,
            orientation: orientation == .up ? nil : orientation.rawValue,
            color: color == [1, 13] ? nil : color, metadata: VectorMetadata(header.metadata))
        let image = try decoder.decode(
            region: description.pixelRegion, size: description.imageSize)
        return Files(
            name: vector.name, description: description, stream: vector.stream,
            samples: [PAMFile(image)])
    }

    /// A stream that must be rejected.
    private static func files(_ vector: FaultyVector) -> Files {
        Files(
            name: vector.name,
            description: VectorDescription(
                purpose: vector.purpose, section: vector.section, error: vector.error,
                offset: vector.offset),
            stream: vector.stream, samples: [])
    }

    /// Writes the folders of a group; returns the table for the README.
    private static func write(_ group: CoinVector.Group, _ vectors: [Files]) throws -> String {
        var table = "\n## \(group.rawValue)\n\n"
        table += "| Folder | § | What it exercises |\(group == .faulty ? " Error |" : "")\n"
        table += "| --- | --- | --- |\(group == .faulty ? " --- |" : "")\n"
        for (index, vector) in vectors.enumerated() {
            let number = String(index + 1)
            let name = String(repeating: "0", count: 3 - number.count) + number + "-" + vector.name
            let folder = CoinVector.root.appending(path: "\(group.rawValue)/\(name)")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try Data(vector.stream).write(to: folder.appending(path: "input.coin"))
            try Data(vector.description.encoded()).write(to: folder.appending(path: "vector.json"))
            for (octave, samples) in vector.samples.enumerated() {
                let file = CoinVector.samplesName(octave: octave)
                try Data(samples.serialized).write(to: folder.appending(path: file))
            }
            let description = vector.description
            table += "| \(name) | \(description.section) | \(description.purpose) |"
            table += description.error.map { " `\($0)` |\n" } ?? "\n"
        }
        return table
    }
}
