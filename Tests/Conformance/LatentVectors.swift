import FormatKit
import Foundation
import TestSupport
import Testing

@testable import CoinFormat

/// Streams of latents, made with their samples by the encoder in Python
/// (`spec/reference/latent_vectors.py`), which shares nothing with the decoder here.
struct LatentVectors {
    /// What the encoder says of a stream.
    private struct Line: Decodable {
        let name, group, section, purpose: String
        let octaves: Int?
        let error: String?
    }

    private let folder: TemporaryFolder
    private let lines: [Line]

    init() throws {
        folder = try TemporaryFolder()
        let script = CoinVector.root.deletingLastPathComponent()
            .appending(path: "reference/latent_vectors.py")
        let outcome = try ForeignTool("python3").run(
            ["-B", script.path, folder.path], on: [], pathExtension: "txt")
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        lines = try outcome.text.split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    /// The vectors of a group; faulty ones with where the decoder finds the fault.
    func files(_ group: CoinVector.Group) throws -> [VectorGenerator.Files] {
        try lines.filter { $0.group == group.rawValue }.map { line in
            let stream = try read(line.name + ".coin")
            if let error = line.error { return try Self.faulty(line, error, stream) }
            let header = try CoinFile(parsing: stream).header
            let octaves = line.octaves ?? 1
            let description = VectorDescription(
                purpose: line.purpose, section: "latents \(line.section)",
                width: header.size.width, height: header.size.height,
                channels: header.channelCount, bitDepth: header.bitDepth,
                octaves: octaves > 1 ? octaves : nil)
            let samples = try (0..<octaves).map { octave in
                try PAMFile(
                    parsing: read(line.name + (octave > 0 ? ".octave\(octave)" : "") + ".pam"))
            }
            return VectorGenerator.Files(
                name: line.name, description: description, stream: stream, samples: samples)
        }
    }

    private static func faulty(
        _ line: Line, _ error: String, _ stream: [UInt8]
    ) throws -> VectorGenerator.Files {
        let found = try #require(CoinVectorTests.rejection(stream), "\(line.name)")
        #expect(found.error == error, "\(line.name): \(found)")
        let description = VectorDescription(
            purpose: line.purpose, section: "latents \(line.section)", error: found.error,
            offset: found.offset)
        return VectorGenerator.Files(
            name: line.name, description: description, stream: stream, samples: [])
    }

    private func read(_ name: String) throws -> [UInt8] { try #require(folder.read(name)) }
}
