import FormatKit
import Testing

@Suite struct LimitsTests {
    private let limits = Limits(
        pixelCount: 100, memoryByteCount: 200, metadataByteCount: 300, frameCount: 4)

    @Test func `the limit itself is allowed`() throws {
        try limits.check(ImageSize(width: 10, height: 10))
        try limits.checkMemory(200)
        try limits.checkMetadata(300)
        try limits.checkFrames(4)
    }

    @Test func `one more is refused, with both numbers`() {
        #expect(throws: ImageError.limitExceeded(.pixels, requested: 101, allowed: 100)) {
            try limits.check(ImageSize(width: 101, height: 1))
        }
        #expect(throws: ImageError.limitExceeded(.memory, requested: 201, allowed: 200)) {
            try limits.checkMemory(201)
        }
        #expect(throws: ImageError.limitExceeded(.metadata, requested: 301, allowed: 300)) {
            try limits.checkMetadata(301)
        }
        #expect(throws: ImageError.limitExceeded(.frames, requested: 5, allowed: 4)) {
            try limits.checkFrames(5)
        }
    }

    @Test func `a product that overflows is over every limit`() {
        let size = ImageSize(width: 1 << 40, height: 1 << 40)
        #expect(size.pixelCount == .max)
        #expect(throws: ImageError.self) { try Limits.default.check(size) }
        #expect(ImageSize(width: 1 << 40, height: 1).byteCount(perPixel: 1 << 40) == .max)
        #expect(ImageSize(width: 3, height: 2).byteCount(perPixel: 4, besides: 5) == 29)
        #expect(ImageSize(width: 3, height: 2).byteCount(perPixel: 4, besides: .max) == .max)
    }

    @Test func `the memory of pixels and of what comes beside them is one sum`() throws {
        let size = ImageSize(width: 10, height: 10)
        try limits.checkMemory(size, bytesPerPixel: 1, besides: 100)
        for (bytesPerPixel, rest, sum) in [(1, 101, 201), (2, 1, 201), (2, Int.max, Int.max)] {
            #expect(throws: ImageError.limitExceeded(.memory, requested: sum, allowed: 200)) {
                try limits.checkMemory(size, bytesPerPixel: bytesPerPixel, besides: rest)
            }
        }
    }

    @Test(
        arguments: [
            (ImageError.unrecognized, "not an image in a known format"),
            (.foreign("PDF"), "PDF files are not supported"),
            (
                .malformed(FormatID("toy"), "bad", offset: 7),
                "not a valid toy file: bad (offset 7)"
            ),
            (.truncated(FormatID("toy"), "cut"), "the toy file is truncated: cut"),
            (.unsupported(FormatID("toy"), "CMYK"), "unsupported toy feature: CMYK"),
            (
                .limitExceeded(.pixels, requested: 2, allowed: 1),
                "limit exceeded: 2 pixels, allowed 1"
            ),
            (
                .limitExceeded(.memory, requested: 2, allowed: 1),
                "limit exceeded: 2 bytes of memory, allowed 1"
            ),
            (
                .limitExceeded(.metadata, requested: 2, allowed: 1),
                "limit exceeded: 2 bytes of metadata, allowed 1"
            ),
            (
                .limitExceeded(.frames, requested: 2, allowed: 1),
                "limit exceeded: 2 frames, allowed 1"
            ),
            (
                .limitExceeded(Limits.Name("ink", counting: "inks"), requested: 2, allowed: 1),
                "limit exceeded: 2 inks, allowed 1"
            ),
            (
                .lossRefused([.alpha(.white), .color]),
                "refused as lossy: \(Loss.alpha(.white)); \(Loss.color)"
            ),
            (.unstorable(FormatID("toy"), "big"), "toy cannot store this image: big"),
            (.io("read a", code: 2, reason: "no such file"), "cannot read a: no such file"),
            (.codecFailure(FormatID("toy"), "x"), "the toy codec failed: x"),
            (
                .verificationFailed(FormatID("toy"), "x"),
                "the toy output is wrong and was discarded: x"
            ),
            (.invalidOption(name: "toy.a", reason: "b"), "option toy.a: b"),
            (.cancelled, "cancelled"),
        ] as [(ImageError, String)])
    func `an error is one line`(error: ImageError, text: String) {
        #expect(error.description == text)
    }
}
