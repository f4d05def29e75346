import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

/// The streams of `spec/vectors` through the freestanding decoder, which other languages use.
@Suite struct CoreVectorTests {
    /// The region that a vector asks for.
    private static func region(
        _ description: VectorDescription, _ decoder: CoreDecoder
    ) -> CoreDecoder.Region {
        let size = description.imageSize.map { ($0.width, $0.height) } ?? decoder.size
        let part = description.region ?? [0, 0, size.0, size.1]
        return CoreDecoder.Region(size, x: part[0], y: part[1], width: part[2], height: part[3])
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `decodes to exactly the samples expected`(vector: CoinVector) throws {
        let (stream, description) = (try vector.stream(), try vector.description())
        let decoder = try CoreDecoder(stream)
        #expect(decoder.size.width == description.width)
        #expect(decoder.size.height == description.height)
        #expect(decoder.channelCount == description.channels)
        #expect(decoder.bitDepth == description.bitDepth)
        let reference = try CoinDecoder(parsing: stream)
        let image = try reference.decode(
            region: description.pixelRegion, size: description.imageSize)
        let region = Self.region(description, decoder)
        #expect(try decoder.decode(region) == image.bytes)
        #expect(try PAMFile(image) == vector.expectedSamples())
        for (octave, size) in description.coarserOctaves {
            let image = try reference.decode(size: size)
            #expect(try decoder.decode(decoder.whole(octave: octave)) == image.bytes, "\(octave)")
            #expect(try PAMFile(image) == vector.expectedSamples(octave: octave))
        }
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `reads the metadata expected`(vector: CoinVector) throws {
        let description = try vector.description()
        let decoder = try CoreDecoder(vector.stream())
        let codes = [description.orientation ?? 1] + (description.color ?? [1, 13])
        #expect(decoder.codes == codes)
        var metadata = ImageMetadata()
        metadata.icc = decoder.metadata(0)
        metadata.exif = decoder.metadata(1)
        metadata.xmp = decoder.metadata(2)
        metadata.resolution = decoder.resolution.map {
            Resolution(
                horizontal: $0.horizontal, vertical: $0.vertical,
                unit: [.none, .inch, .centimeter][$0.unit])
        }
        #expect(VectorMetadata(metadata) == description.metadata)
    }

    @Test(arguments: CoinVector.all(.faulty))
    func `rejects with exactly the error expected`(vector: CoinVector) throws {
        let description = try vector.description()
        let failure = #expect(throws: CoreDecoder.Failure.self) {
            let decoder = try CoreDecoder(vector.stream())
            _ = try decoder.decode(decoder.whole())
        }
        #expect(failure?.name == description.error && failure?.offset == description.offset)
    }

    @Test(arguments: CoinVector.all(.valid, .unusual))
    func `rejects what ends early`(vector: CoinVector) throws {
        let stream = try vector.stream()
        let step = stream.count < 4_000 ? 1 : 97
        for count in Array(stride(from: 0, to: stream.count, by: step)) + [stream.count - 1] {
            do throws(CoreDecoder.Failure) {
                _ = try CoreDecoder(Array(stream.prefix(count)))
                Issue.record("\(count) bytes are accepted")
            } catch {
                if error.name != "truncated" { Issue.record("\(count) bytes give \(error)") }
            }
        }
    }
}
