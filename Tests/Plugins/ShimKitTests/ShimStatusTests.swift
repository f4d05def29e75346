import CShimKit
import FormatKit
import ShimKit
import Testing

@Suite struct ShimStatusTests {
    private static let format = FormatID("test")
    private static let failure = ImageError.io("read", code: 5, reason: "input/output error")
    private static let unnamed = ImageError.codecFailure(format, "words")

    /// What each status means to who reads and to who writes.
    private static let meanings: [(shim_status, reading: ImageError?, writing: ImageError?)] = [
        (.ok, nil, nil),
        (.malformed, .malformed(format, "words", offset: 7), unnamed),
        (.truncated, .truncated(format, "words", offset: 9), unnamed),
        (.unsupported, .unsupported(format, "words"), unnamed),
        (.callbackFailed, failure, failure),
        (.cancelled, .cancelled, .cancelled),
        (.outOfMemory, .outOfMemory, .outOfMemory),
        (.failed, unnamed, unnamed),
    ]

    @Test(arguments: meanings.indices)
    func `a status means an error`(index: Int) {
        let (status, reading, writing) = Self.meanings[index]
        #expect(
            Self.error { () throws(ImageError) in
                try status.checkReading(
                    Self.format, "words", at: 7, endingAt: 9, failure: Self.failure)
            } == reading)
        #expect(
            Self.error { () throws(ImageError) in
                try status.checkWriting(Self.format, "words", failure: Self.failure)
            } == writing)
    }

    @Test func `a file that is cut ends where it is malformed if nothing else is said`() {
        let error = Self.error { () throws(ImageError) in
            try shim_status.truncated.checkReading(Self.format, "words", at: 7)
        }
        #expect(error == .truncated(Self.format, "words", offset: 7))
    }

    @Test func `a callback that has not said why it failed is the codec's failure`() {
        let status = shim_status.callbackFailed
        #expect(
            Self.error { () throws(ImageError) in try status.checkReading(Self.format, "words") }
                == Self.unnamed)
        #expect(
            Self.error { () throws(ImageError) in try status.checkWriting(Self.format, "words") }
                == Self.unnamed)
    }

    @Test func `nothing is asked for words after a call that went well`() throws {
        func words() -> String {
            Issue.record("asked for words")
            return ""
        }
        try shim_status.ok.checkReading(Self.format, words())
        try shim_status.ok.checkWriting(Self.format, words())
    }

    private static func error(of body: () throws(ImageError) -> Void) -> ImageError? {
        do throws(ImageError) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
