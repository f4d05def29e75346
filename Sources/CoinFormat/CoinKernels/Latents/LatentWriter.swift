internal import CCoinKernels

/// A range coder that writes (§5): what is to be read last is written first.
@safe package struct LatentWriter {
    private var bytes: [UInt8]
    // Its pointer is set for the time of a call only.
    private var state = unsafe coin_latent_writer()

    /// Starts to write.
    ///
    /// - Parameters:
    ///   - valueCount: The most values and uniform numbers that are going to be written.
    ///   - stateCount: A power of two up to 16.
    package init(valueCount: Int, stateCount: Int) {
        precondition([1, 2, 4, 8, 16].contains(stateCount))
        bytes = [UInt8](repeating: 0, count: coin_latent_bound(valueCount) + 4 * stateCount)
        unsafe call { state, bytes, count in
            unsafe coin_latent_writer_begin(&state, bytes, count, UInt32(stateCount))
            return COIN_LATENT_OK
        }
    }

    /// The number of bytes so far, without those of the states.
    package var count: Int { unsafe bytes.count - state.position }

    /// Writes one value with a mean of 0.
    ///
    /// - Precondition: its magnitude is up to 65535 and the scale's radius together.
    package mutating func write(_ value: Int, scale: Int) {
        precondition(value.magnitude <= LatentTables.constants(scale: scale).radius + 65_535)
        unsafe call { state, _, _ in
            unsafe coin_latent_write(
                &state, LatentTables.shared.pointer, UInt32(scale), Int32(value))
        }
    }

    /// Writes a number of `bits` bits, 0…15.
    package mutating func writeUniform(_ value: Int, bits: Int) {
        precondition((0...15).contains(bits) && (0..<1 << bits).contains(value))
        unsafe call { state, _, _ in
            unsafe coin_latent_write_uniform(&state, UInt32(bits), UInt32(value))
        }
    }

    /// Writes a grid.
    ///
    /// - Precondition: the latents are within ±511, and `predictions` are theirs.
    package mutating func write(_ grid: LatentGrid, _ predictions: LatentPredictions) {
        precondition(predictions.means.count == grid.values.count)
        unsafe call { state, _, _ in
            unsafe grid.withGrid { own in
                var own = unsafe own
                return unsafe coin_latent_encode(
                    LatentTables.shared.pointer, &own, predictions.means, predictions.scales,
                    &state)
            }
        }
    }

    /// Writes the states, and returns the stream.
    package consuming func finish() -> [UInt8] {
        unsafe call { state, _, _ in unsafe coin_latent_writer_end(&state) }
        return Array(bytes[unsafe state.position...])
    }

    /// Calls a function of C with the memory at hand.
    private mutating func call(
        _ body: (inout coin_latent_writer, UnsafeMutablePointer<UInt8>?, Int) -> coin_latent_status
    ) {
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe state.bytes = buffer.baseAddress
            let status = unsafe body(&state, buffer.baseAddress, buffer.count)
            unsafe state.bytes = nil
            return status
        }
        precondition(status == COIN_LATENT_OK, "more values than announced")
    }
}
