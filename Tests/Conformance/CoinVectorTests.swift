import FormatKit
import Foundation
import TestSupport
import Testing

@testable import CoinFormat

/// The streams of `spec/vectors`, each with what it decodes to or the error that it must give.
@Suite struct CoinVectorTests {
    @Test func `covers every folder of the vectors`() throws {
        let groups = CoinVector.folders(in: CoinVector.root).map(\.lastPathComponent)
        #expect(groups == CoinVector.Group.allCases.map(\.rawValue).sorted())
        let readme = try String(
            contentsOf: CoinVector.root.appending(path: "README.md"), encoding: .utf8)
        for group in CoinVector.Group.allCases {
            let vectors = CoinVector.all(group)
            #expect(!vectors.isEmpty, "\(group)")
            for (index, vector) in vectors.enumerated() {
                let name = vector.folder.lastPathComponent
                #expect(Int(name.prefix(3)) == index + 1, "\(vector.testDescription)")
                #expect(readme.contains("| \(name) |"), "\(vector.testDescription)")
                let files = try FileManager.default.contentsOfDirectory(
                    atPath: vector.folder.path)
                let octaves = try vector.description().coarserOctaves.map {
                    CoinVector.samplesName(octave: $0.octave)
                }
                let samples = group == .faulty ? [] : ["expected.pam"] + octaves
                #expect(
                    files.sorted() == (samples + ["input.coin", "vector.json"]).sorted(),
                    "\(vector.testDescription)")
            }
        }
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `decodes to exactly the samples expected`(vector: CoinVector) throws {
        let (stream, description) = (try vector.stream(), try vector.description())
        let expected = try vector.expectedSamples()
        for kernels in KernelChoice.allCases {
            for threadCount in [1, 3] {
                var context = CodecContext(threadCount: threadCount)
                context.kernels = kernels
                guard let decoder = try Self.decoder(stream, context) else { continue }
                let header = decoder.header
                #expect(header.size.width == description.width)
                #expect(header.size.height == description.height)
                #expect(header.layout.channelCount == description.channels)
                #expect(header.layout.sample.bitCount == description.bitDepth)
                let image = try decoder.decode(
                    region: description.pixelRegion, size: description.imageSize)
                #expect(PAMFile(image) == expected, "\(kernels), \(threadCount) threads")
                for (octave, size) in description.coarserOctaves {
                    let image = try decoder.decode(size: size)
                    let expected = try vector.expectedSamples(octave: octave)
                    #expect(PAMFile(image) == expected, "\(kernels), octave \(octave)")
                }
            }
        }
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `reads the metadata expected`(vector: CoinVector) throws {
        let description = try vector.description()
        let file = try CoinFile(parsing: vector.stream())
        #expect(file.header.orientation.rawValue == description.orientation ?? 1)
        let color = [file.header.colorPrimaries, file.header.transfer].map(Int.init)
        #expect(color == description.color ?? [1, 13])
        let metadata = try CoinDecoder(parsing: vector.stream()).header.metadata
        #expect(metadata.orientation == file.header.orientation)
        #expect(VectorMetadata(metadata) == description.metadata)
    }

    /// A decoder, or `nil` if this machine lacks the instructions.
    private static func decoder(
        _ stream: [UInt8], _ context: CodecContext
    ) throws(ImageError) -> CoinDecoder? {
        do throws(ImageError) {
            return try CoinDecoder(parsing: stream, context: context)
        } catch .invalidOption where context.kernels != .auto && context.kernels != .scalar {
            return nil
        }
    }

    @Test(arguments: CoinVector.all(.faulty))
    func `rejects with exactly the error expected`(vector: CoinVector) throws {
        let (stream, description) = (try vector.stream(), try vector.description())
        let found = try #require(Self.rejection(stream))
        #expect(found.error == description.error && found.offset == description.offset, "\(found)")
        for threadCount in [1, 3] {
            let context = CodecContext(threadCount: threadCount)
            let error = #expect(throws: ImageError.self) {
                try CoinDecoder(parsing: stream, context: context).decode()
            }
            #expect(error == found.imageError)
        }
    }

    /// Why a stream is rejected: when it is parsed, or, for what takes as long as decoding, when it
    /// is decoded.
    static func rejection(
        _ stream: [UInt8]
    ) -> (error: String, offset: Int, imageError: ImageError)? {
        do throws(BitstreamError) {
            _ = try CoinPicture(parsing: stream).decoder
        } catch {
            return (error.caseName, error.offset, error.imageError)
        }
        do throws(ImageError) {
            _ = try CoinDecoder(parsing: stream).decode()
            return nil
        } catch {
            switch error {
            case .malformed(_, _, let offset): return ("invalidField", offset ?? -1, error)
            case .truncated(_, _, let offset): return ("truncated", offset ?? -1, error)
            default: return ("another", -1, error)
            }
        }
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `rejects what ends early`(vector: CoinVector) throws {
        let stream = try vector.stream()
        // Every prefix, but of the longest stream only some, and the last ones.
        let step = stream.count < 10_000 ? 1 : 97
        for count in Array(stride(from: 0, to: stream.count, by: step)) + [stream.count - 1] {
            let error = Self.error(Array(stream.prefix(count)))
            if error?.caseName != "truncated" {
                Issue.record("\(count) bytes give \(error.map(String.init(describing:)) ?? "none")")
            }
        }
    }

    private static func error(_ stream: [UInt8]) -> BitstreamError? {
        do throws(BitstreamError) {
            _ = try CoinFile(parsing: stream)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `serializes to the same bytes`(vector: CoinVector) throws {
        let stream = try vector.stream()
        let file = try CoinFile(parsing: stream)
        let known: Set = ["HEAD", "iccp", "exif", "xmpp", "reso", "NETS", "TILE"]
        guard file.boxSizes.allSatisfy({ known.contains($0.type) }) else {
            // Unknown boxes are skipped; nothing else may get lost with them.
            #expect(vector.group == .unusual)
            #expect(try CoinFile(parsing: file.serialized) == file)
            return
        }
        #expect(file.serialized == stream)
    }
}

extension BitstreamError {
    /// The name of the case.
    var caseName: String {
        switch self {
        case .truncated: "truncated"
        case .badSignature: "badSignature"
        case .textModeDamage: "textModeDamage"
        case .badChecksum: "badChecksum"
        case .misplacedBox: "misplacedBox"
        case .unknownBox: "unknownBox"
        case .trailingBytes: "trailingBytes"
        case .unsupportedVersion: "unsupportedVersion"
        case .unsupportedArchitecture: "unsupportedArchitecture"
        case .unsupportedDefaults: "unsupportedDefaults"
        case .unsupportedPacking: "unsupportedPacking"
        case .invalidField: "invalidField"
        case .wrongLength: "wrongLength"
        }
    }
}
