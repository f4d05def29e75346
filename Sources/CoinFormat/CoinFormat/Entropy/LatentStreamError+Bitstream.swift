internal import CoinKernels

extension BitstreamError {
    /// The error of a coded stream that starts at offset `base` of the file.
    init(_ error: LatentStreamError, base: Int) {
        switch error {
        case .truncated(let position):
            self = .truncated(offset: base + position, needed: 1, available: 0)
        case .outOfRange(let position):
            self = .invalidField(
                "a latent", found: "a larger one", expected: "-511 to 511",
                offset: base + position)
        case .badState(let position):
            self = .invalidField(
                "a state of the coder", found: "one of no encoder",
                expected: "2^23 to 2^31 - 1, at the end 2^23", offset: base + position)
        }
    }
}

/// Calls `body` and gives its error the place in the file of a stream that starts at `base`.
func atOffset<R>(
    _ base: Int, _ body: () throws(LatentStreamError) -> R
) throws(BitstreamError) -> R {
    do { return try body() } catch { throw BitstreamError(error, base: base) }
}
