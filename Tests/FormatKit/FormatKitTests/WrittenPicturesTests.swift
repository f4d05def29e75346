import FormatKit
import TestSupport
import Testing

@Suite struct WrittenPicturesTests {
    private let toy = FormatID("toy")
    private let layout = PixelLayout(.gray, .uint8)

    private func header(frames: Int) -> ImageHeader {
        ImageHeader(
            size: ImageSize(width: 2, height: 3), layout: layout, frameCount: frames,
            animation: AnimationTiming(duration: FrameDuration(1, 4)))
    }

    private func rows(_ count: Int) -> PixelBand {
        PixelBand(width: 2, layout: layout, bytes: [UInt8](repeating: 0, count: 2 * count))
    }

    @Test func `pictures end with their last row, and the file with its last picture`() throws {
        var pictures = WrittenPictures(in: toy, header(frames: 2))
        for index in 1...2 {
            if index > 1 {
                var next = header(frames: 2)
                next.animation = AnimationTiming(duration: FrameDuration(1, 2))
                pictures.beginPicture(next)
            }
            pictures.add(rows(1))
            pictures.add(rows(2))
            #expect(pictures.rowCount == 3)
            try pictures.endPicture()
            #expect(pictures.endedCount == index)
            #expect(pictures.progress.fraction == Double(index) / 2)
            #expect(pictures.duration == FrameDuration(1, index == 1 ? 4 : 2))
        }
        try pictures.checkComplete()
    }

    @Test func `a row that is missing is an error`() {
        var pictures = WrittenPictures(in: toy, header(frames: 1))
        pictures.add(rows(2))
        #expect(throws: ImageError.codecFailure(toy, "2 rows written, expected 3")) {
            try pictures.endPicture()
        }
    }

    @Test func `a picture that is missing is an error`() throws {
        var pictures = WrittenPictures(in: toy, header(frames: 2))
        pictures.add(rows(3))
        try pictures.endPicture()
        #expect(throws: ImageError.codecFailure(toy, "1 frames written, expected 2")) {
            try pictures.checkComplete()
        }
    }
}
