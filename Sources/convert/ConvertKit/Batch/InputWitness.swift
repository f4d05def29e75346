#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
internal import FormatKit

/// What an input was when its digest was taken, so that the digest vouches for what was converted.
struct InputWitness {
    /// The SHA-256 of its bytes, in hexadecimal digits.
    let digest: String
    private let source: any ImageSource
    private let start: Int

    /// A file that changed so few seconds before it was looked at may change again unseen: the times
    /// of some file systems are as coarse as this.
    private static let coarseSeconds = 2

    /// Takes the digest of an input.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if it cannot be read, or somebody cancels.
    init(_ source: any ImageSource, isCancelled: () -> Bool) throws(ImageError) {
        start = time(nil)
        self.source = source
        digest = try SHA256.digest(of: source, isCancelled: isCancelled)
    }

    /// Checks that the input, which was read since, is still what it was.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if it has changed.
    func check(isCancelled: () -> Bool) throws(ImageError) {
        // What came through a pipe was collected first.
        guard let file = source as? FileSource else { return }
        let isSame = try file.currentStatus().hasContent(of: file.status)
        let isCertain = file.status.modification.seconds < start - Self.coarseSeconds
        if isSame, isCertain { return }
        if isSame, try SHA256.digest(of: file, isCancelled: isCancelled) == digest { return }
        throw .io("read", code: EAGAIN, reason: "the file changed while it was converted")
    }
}
