import Testing

@testable import CoinFormat

@Suite struct LatentDescriptorTests {
    @Test(arguments: RandomLatents.all)
    func `a descriptor is parsed as it was written`(picture: RandomLatents) throws {
        let bytes = picture.descriptor.serialized
        #expect(bytes.count == LatentDescriptor.bodySize)
        #expect(try parse(bytes, channelCount: picture.channelCount) == picture.descriptor)
        for count in bytes.indices {
            #expect(throws: BitstreamError.self) {
                try parse(Array(bytes[..<count]), channelCount: picture.channelCount)
            }
        }
    }

    /// The offset and value of a field that is wrong in a descriptor for RGB.
    static let faults: [(Int, UInt8)] = [
        (0, 200), (1, 0), (1, 11), (2, 7), (3, 7), (3, 255), (4, 0), (5, 0), (5, 3), (5, 18),
        (6, 0),
        (6, 5), (6, 34), (7, 0), (7, 9), (7, 66), (8, 5), (9, 1),
    ]

    @Test(arguments: faults)
    func `a value out of range is refused where it is`(offset: Int, value: UInt8) {
        var bytes = LatentDescriptor(levelCount: 7, firstChromaLevel: 2).serialized
        bytes[offset] = value
        let error = #expect(throws: BitstreamError.self) { try parse(bytes, channelCount: 3) }
        #expect(error?.offset == 30 + offset)
    }

    @Test func `chroma and alpha are of the channels`() throws {
        let gray = LatentDescriptor(levelCount: 3, firstChromaLevel: nil).serialized
        #expect(try parse(gray, channelCount: 1).outputCount == 1)
        #expect(try parse(gray, channelCount: 2).outputCount == 1)
        #expect(throws: BitstreamError.self) { try parse(gray, channelCount: 3) }
        let rgba = LatentDescriptor(levelCount: 3, firstChromaLevel: 1, firstAlphaLevel: 2)
        #expect(try parse(rgba.serialized, channelCount: 4).outputCount == 4)
        #expect(throws: BitstreamError.self) { try parse(rgba.serialized, channelCount: 3) }
        #expect(throws: BitstreamError.self) { try parse(rgba.serialized, channelCount: 2) }
    }

    private func parse(_ bytes: [UInt8], channelCount: Int) throws -> LatentDescriptor {
        var reader = ByteReader(bytes.span, base: 30)
        return try LatentDescriptor(parsing: &reader, channelCount: channelCount)
    }
}
