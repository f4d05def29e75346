import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

/// What callers of the freestanding decoder ask for; its samples are checked by the vectors, too.
@Suite struct CoreDecoderTests {
    /// Streams of both architectures with several tiles.
    private static let names = ["027-latents-tiles", "022-latents-rgb-16", "006-overlapping-tiles"]

    @Test(arguments: names)
    func `a region is part of the picture`(name: String) throws {
        let stream = readVector(name)
        let decoder = try CoreDecoder(stream)
        let reference = try CoinDecoder(parsing: stream)
        var numbers = SplitMix64(seed: 7)
        for _ in 0..<40 {
            let octave = Int.random(in: 0..<decoder.octaveCount, using: &numbers)
            var region = decoder.whole(octave: octave)
            region.x = Int.random(in: 0..<region.width, using: &numbers)
            region.y = Int.random(in: 0..<region.height, using: &numbers)
            region.width = Int.random(in: 1...region.size.width - region.x, using: &numbers)
            region.height = Int.random(in: 1...region.size.height - region.y, using: &numbers)
            let part = PixelRegion(
                columns: region.x..<region.x + region.width,
                rows: region.y..<region.y + region.height)
            let expected = try reference.decode(
                region: part,
                size: ImageSize(width: region.size.width, height: region.size.height))
            #expect(try decoder.decode(region) == expected.bytes, "\(region)")
        }
    }

    @Test(arguments: names)
    func `a window gives all of its parts, in any order`(name: String) throws {
        let stream = readVector(name)
        let decoder = try CoreDecoder(stream)
        let window = try CoreDecoder.Window(decoder, decoder.whole())
        for octave in Array((0..<decoder.octaveCount).reversed()) + [0] {
            let whole = decoder.whole(octave: octave)
            #expect(try window.decode(whole) == decoder.decode(whole), "\(octave)")
            var part = whole
            part.x = whole.width / 2
            part.width -= part.x
            #expect(try window.decode(part, gap: 5) == decoder.decode(part), "\(octave)")
        }
    }

    @Test(arguments: names)
    func `a window refuses what it has no memory for`(name: String) throws {
        let stream = readVector(name)
        let decoder = try CoreDecoder(stream)
        var part = decoder.whole()
        part.width = 3
        let window = try CoreDecoder.Window(decoder, part)
        let isLatents = name.contains("latents")
        var other = decoder.whole()
        other.x = 9
        other.width = 4
        if isLatents {
            #expect(throws: CoreDecoder.Failure.self) { try window.decode(other) }
        } else {
            #expect(try window.decode(other) == decoder.decode(other))
        }
        let failure = #expect(throws: CoreDecoder.Failure.self) {
            try CoreDecoder.Window(decoder, part, less: 1)
        }
        #expect(failure?.name == "smallMemory")
        let small = #expect(throws: CoreDecoder.Failure.self) { try CoreDecoder(stream, less: 16) }
        #expect(small?.name == "smallMemory")
    }

    @Test(arguments: [(0, 0, 0, 1), (0, 0, 1, 0), (1, 0, 45, 1), (0, 1, 1, 37), (45, 0, 1, 1)])
    func `regions outside of the picture are refused`(x: Int, y: Int, width: Int, height: Int)
        throws
    {
        let decoder = try CoreDecoder(readVector(Self.names[0]))
        #expect(decoder.size == (45, 37))
        let region = CoreDecoder.Region(decoder.size, x: x, y: y, width: width, height: height)
        let failure = #expect(throws: CoreDecoder.Failure.self) { try decoder.decode(region) }
        #expect(failure?.name == "badArgument" && failure?.what == "the region")
    }

    @Test func `latents have no other sizes than octaves`() throws {
        let decoder = try CoreDecoder(readVector(Self.names[0]))
        let region = CoreDecoder.Region((44, 37), x: 0, y: 0, width: 1, height: 1)
        let failure = #expect(throws: CoreDecoder.Failure.self) { try decoder.decode(region) }
        #expect(failure?.what == "the picture's size")
    }

    @Test(arguments: ["002-gray-alpha", "003-rgb", "004-rgba", "017-latents-gray"])
    func `RGBA repeats gray and is opaque where there is no alpha`(name: String) throws {
        let decoder = try CoreDecoder(readVector(name))
        let window = try CoreDecoder.Window(decoder, decoder.whole())
        let samples = try window.decode(decoder.whole())
        let rgba = try window.decode(decoder.whole(), format: 1)
        let channels = decoder.channelCount
        let expected = stride(from: 0, to: samples.count, by: channels).flatMap { at in
            let pixel = samples[at..<at + channels]
            let color =
                channels > 2 ? Array(pixel.prefix(3)) : Array(repeating: pixel[at], count: 3)
            return color + [channels % 2 == 0 ? pixel[at + channels - 1] : 255]
        }
        #expect(rgba == expected)
    }

    @Test func `RGBA rounds 16 bits to 8`() throws {
        let decoder = try CoreDecoder(readVector(Self.names[1]))
        let window = try CoreDecoder.Window(decoder, decoder.whole())
        let bytes = try window.decode(decoder.whole())
        let rgba = try window.decode(decoder.whole(), format: 1)
        let samples = unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: UInt16.self)) }
        for (index, sample) in samples.enumerated() {
            let rounded = (Double(sample) / 257).rounded()
            #expect(Double(rgba[index / 3 * 4 + index % 3]) == rounded)
        }
    }

    @Test(arguments: names)
    func `the progress function stops the work`(name: String) throws {
        let stream = readVector(name)
        let decoder = try CoreDecoder(stream)
        let window = try CoreDecoder.Window(decoder, decoder.whole())
        let failure = #expect(throws: CoreDecoder.Failure.self) {
            try window.decode(decoder.whole(), calls: 0)
        }
        #expect(failure?.name == "cancelled")
        // What was read stays; the rest is read now.
        #expect(try window.decode(decoder.whole()) == decoder.decode(decoder.whole()))
    }

    @Test(arguments: names)
    func `the header can be had from the first bytes`(name: String) throws {
        let stream = readVector(name)
        let decoder = try CoreDecoder(stream)
        let expected = [
            decoder.size.width, decoder.size.height, decoder.channelCount, decoder.bitDepth,
            decoder.octaveCount,
        ]
        #expect(try CoreDecoder.probe(Array(stream.prefix(70))) == expected)
    }

    @Test func `networks of a newer decoder can be listed`() throws {
        let decoder = try CoreDecoder(readVector("053-unknown-kind", group: "faulty"))
        #expect(decoder.size == (4, 3))
        #expect(decoder.missingPixels?.name == "unsupportedArchitecture")
        let failure = #expect(throws: CoreDecoder.Failure.self) {
            try decoder.decode(decoder.whole())
        }
        #expect(failure == decoder.missingPixels)
    }

    @Test(arguments: names)
    func `the work is that of the Swift decoder`(name: String) throws {
        let stream = readVector(name)
        let decoder = try CoreDecoder(stream)
        let header = try CoinFile(parsing: stream).header
        let cost = try ArchitectureTable.parsing(header).get().cost(threadCount: 1)
        // The header's bound; of latents the two sum up the small terms differently.
        let ratio = Double(decoder.multiplyAdds) / Double(cost.multiplyAddCount)
        #expect(name.contains("latents") ? ratio > 0.8 && ratio < 1.3 : ratio == 1, "\(ratio)")
    }

    @Test(arguments: [1, 2])
    func `defaults are those of the encoder`(set: Int) {
        let sizes: LatentForm.Sizes = set == 1 ? .compact : .wide
        // The same structure, but with every grid.
        let descriptor = LatentDescriptor(
            defaults: set, levelCount: 7, firstChromaLevel: 0, firstAlphaLevel: 0,
            contexts: sizes.contexts, hidden: sizes.hidden, width: sizes.width, stateBits: 0)
        for tensor in LatentTensor.allCases {
            let shape = descriptor.shape(of: tensor)
            let values = LatentDefaults.values(ofSet: set, tensor, for: descriptor)
            let found = (0..<shape.rows).flatMap { row in
                (0..<shape.columns).map { column in
                    CoreDecoder.defaultValue(
                        set: set, tensor: tensor.rawValue, row: row, column: column)
                }
            }
            #expect(found == values, "\(tensor): run scripts/generate-decoder-defaults")
        }
        #expect(!LatentDefaults.isKnown(3), "the decoder in C knows two sets")
    }
}
