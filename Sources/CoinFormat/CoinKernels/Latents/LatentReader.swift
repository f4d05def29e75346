internal import CCoinKernels

/// Why a stream of the range coder cannot be read, and at which of its bytes that shows.
package enum LatentStreamError: Error, Equatable, Sendable {
    /// The next byte is beyond the last.
    case truncated(position: Int)
    /// A latent is beyond ±511.
    case outOfRange(position: Int)
    /// A state of the coder is one that no encoder leaves.
    case badState(position: Int)

    /// The error of a status, or `nil` if all is well.
    init?(_ status: coin_latent_status, position: Int) {
        switch status {
        case COIN_LATENT_OK: return nil
        case COIN_LATENT_TRUNCATED: self = .truncated(position: position)
        case COIN_LATENT_OUT_OF_RANGE: self = .outOfRange(position: position)
        default: self = .badState(position: position)
        }
    }
}

/// A range coder that reads (§5).
///
/// A copy goes on where the original was.
@safe package struct LatentReader: Sendable {
    private let bytes: [UInt8]
    // Its pointer is set for the time of a call only.
    private nonisolated(unsafe) var state = unsafe coin_latent_reader()

    /// Starts to read.
    ///
    /// - Parameters:
    ///   - bytes: The whole stream.
    ///   - stateCount: A power of two up to 16.
    /// - Throws: If the initial states are not there, or no encoder leaves them.
    package init(_ bytes: [UInt8], stateCount: Int) throws(LatentStreamError) {
        precondition([1, 2, 4, 8, 16].contains(stateCount))
        self.bytes = bytes
        unsafe state.count = bytes.count
        try unsafe call { state, bytes, count in
            unsafe coin_latent_reader_begin(&state, bytes, count, UInt32(stateCount))
        }
    }

    /// The number of bytes that have been read.
    package var position: Int { unsafe state.position }

    /// Reads one value with a mean of 0; it may be of any magnitude below 2^17.
    package mutating func read(scale: Int) throws(LatentStreamError) -> Int {
        precondition((0..<LatentTables.scaleCount).contains(scale))
        var value: Int32 = 0
        try unsafe call { state, _, _ in
            unsafe coin_latent_read(&state, LatentTables.shared.pointer, UInt32(scale), &value)
        }
        return Int(value)
    }

    /// Reads a number of `bits` bits, 0…15.
    package mutating func readUniform(bits: Int) throws(LatentStreamError) -> Int {
        precondition((0...15).contains(bits))
        var value: UInt32 = 0
        try unsafe call { state, _, _ in
            unsafe coin_latent_read_uniform(&state, UInt32(bits), &value)
        }
        return Int(value)
    }

    /// Reads a grid; after an error it has any content.
    package mutating func read(
        _ grid: inout LatentGrid, _ surroundings: LatentSurroundings,
        _ network: LatentEntropyNetwork
    ) throws(LatentStreamError) {
        var workspace = LatentEntropyNetwork.workspace(width: grid.width)
        var packed = network.packed
        try unsafe call { state, _, _ in
            unsafe grid.withMutableGrid { own in
                unsafe surroundings.withContexts(own) { contexts in
                    var contexts = unsafe contexts
                    return unsafe coin_latent_decode(
                        network.variant.code, &packed, LatentTables.shared.pointer, &contexts,
                        &state, &workspace)
                }
            }
        }
    }

    /// Checks that every state is the one that an encoder starts from.
    package mutating func finish() throws(LatentStreamError) {
        try unsafe call { state, _, _ in unsafe coin_latent_reader_end(&state) }
    }

    /// Calls a function of C with the bytes at hand.
    private mutating func call(
        _ body: (inout coin_latent_reader, UnsafePointer<UInt8>?, Int) -> coin_latent_status
    ) throws(LatentStreamError) {
        let status = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe state.bytes = buffer.baseAddress
            let status = unsafe body(&state, buffer.baseAddress, buffer.count)
            unsafe state.bytes = nil
            return status
        }
        if let error = unsafe LatentStreamError(status, position: state.position) { throw error }
    }
}
