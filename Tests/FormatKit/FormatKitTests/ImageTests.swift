import FormatKit
import Testing

@Suite struct ImageTests {
    @Test func `a layout knows its sizes`() {
        let layout = PixelLayout(.rgb, .uint16, alpha: .straight)
        #expect(layout.channelCount == 4)
        #expect(layout.bytesPerPixel == 8)
        #expect(layout.bytesPerRow(width: 3) == 24)
        #expect(layout.description == "rgb uint16 with straight alpha")
        #expect(PixelLayout(.cmyk, .float32).bytesPerPixel == 16)
        #expect(PixelLayout(.gray, .uint8).description == "gray uint8")
    }

    @Test func `a band holds what is filled in`() {
        var band = PixelBand(width: 2, layout: PixelLayout(.rgb, .uint8), rowCapacity: 3)
        #expect(band.rowCount == 0)
        #expect(band.filledBytes.isEmpty)
        unsafe band.fill(rowCount: 2) { bytes in
            #expect(bytes.count == 12)
            for index in bytes.indices { unsafe bytes[index] = UInt8(index) }
        }
        #expect(Array(band.filledBytes) == Array(0..<12))
        let lent = unsafe band.withFilledBytes { unsafe Array($0) }
        #expect(lent == Array(0..<12))
        #expect(band.bytes.count == 18)
    }

    @Test func `a full band takes its rows from its bytes`() {
        let band = PixelBand(
            width: 2, layout: PixelLayout(.gray, .uint16), bytes: [UInt8](repeating: 1, count: 12))
        #expect(band.rowCapacity == 3)
        #expect(band.rowCount == 3)
    }

    @Test func `an image is read and written whole`() throws {
        let file = toyFile(width: 200, height: 250, layout: 2)
        let reader = try ToyFormat().makeReader(
            source: MemorySource(file), context: CodecContext())
        let image = try Image(reading: reader)
        #expect(image.bytes == Array(file[7...]))
        let sink = MemorySink()
        let writer = try ToyFormat().makeWriter(
            sink: sink, header: image.header, settings: WriteSettings(), context: CodecContext())
        try image.write(to: writer)
        #expect(sink.bytes == file)
    }

    @Test func `an image over the memory limit is refused`() throws {
        let reader = try ToyFormat().makeReader(
            source: MemorySource(toyFile(width: 10, height: 10, layout: 1)),
            context: CodecContext())
        #expect(throws: ImageError.limitExceeded(.memory, requested: 300, allowed: 299)) {
            try Image(reading: reader, limits: Limits(memoryByteCount: 299))
        }
    }

    @Test func `a source gives as many bytes as there are`() throws {
        let source = MemorySource([1, 2, 3])
        #expect(try source.bytes(at: 1, count: 5) == [2, 3])
        #expect(try source.bytes(at: 3, count: 1) == [])
        #expect(try source.bytes(at: 9, count: 1) == [])
        #expect(try source.bytes(at: 0, count: 0) == [])
    }

    @Test func `a memory sink takes bytes before, at and after the end`() throws {
        let sink = MemorySink()
        try sink.append([1, 2, 3, 4])
        let middle: [UInt8] = [9, 9]
        unsafe middle.withUnsafeBytes { unsafe sink.write($0, at: 1) }
        #expect(sink.bytes == [1, 9, 9, 4])
        let tail: [UInt8] = [7, 8]
        unsafe tail.withUnsafeBytes { unsafe sink.write($0, at: 3) }
        #expect(sink.bytes == [1, 9, 9, 7, 8])
        unsafe tail.withUnsafeBytes { unsafe sink.write($0, at: 7) }
        #expect(sink.bytes == [1, 9, 9, 7, 8, 0, 0, 7, 8])
        #expect(sink.byteCount == 9)
        var read = [UInt8](repeating: 0, count: 4)
        let count = unsafe read.withUnsafeMutableBytes { unsafe sink.read(at: 7, into: $0) }
        #expect(count == 2)
        #expect(read == [7, 8, 0, 0])
        sink.discard()
        #expect(sink.bytes == [])
    }

    @Test(
        arguments: [
            (1, ["5x3"]), (2, ["3x2", "5x3"]), (9, ["1x1", "2x1", "3x2", "5x3"]),
        ])
    func `sizes are halved until one pixel is left`(count: Int, expected: [String]) {
        let sizes = ImageSize(width: 5, height: 3).halvings(count: count)
        #expect(sizes.map(\.description) == expected)
    }

    @Test func `a band takes rows of a whole picture, and at the end what is left`() {
        var band = PixelBand(width: 2, layout: PixelLayout(.gray, .uint8), rowCapacity: 2)
        let picture: [UInt8] = [1, 2, 3, 4, 5, 6]
        #expect(band.fill(from: picture, row: 0) == 2)
        #expect(Array(band.filledBytes) == [1, 2, 3, 4])
        #expect(band.fill(from: picture, row: 2) == 1)
        #expect(Array(band.filledBytes) == [5, 6])
        #expect(band.fill(from: picture, row: 3) == 0)
    }
}
