/// The weights of one tile's network (§6.1): for each affine layer its weights, then its biases.
///
/// Each of these tensors is one byte of packing and the packed values; packing 0 is binary16 (§6.2).
struct TileWeights: Equatable, Sendable {
    /// Packing code of raw binary16 values.
    static let binary16Packing: UInt8 = 0

    /// The index of the architecture in the header.
    let architecture: Int
    /// Every weight and bias as binary16 bits, layer by layer, weights row by row, then biases.
    let values: [UInt16]

    /// Creates the weights of a tile.
    init(architecture: Int, values: [UInt16]) {
        self.architecture = architecture
        self.values = values
    }

    /// Parses the content of a tile.
    init(
        parsing payload: ArchitecturePayload, descriptor: SirenDescriptor, channelCount: Int
    ) throws(BitstreamError) {
        architecture = payload.architecture
        values = try payload.parse { (reader) throws(BitstreamError) in
            var values: [UInt16] = []
            values.reserveCapacity(
                min(reader.remaining, descriptor.parameterCount(channelCount: channelCount)))
            for count in Self.tensorSizes(descriptor, channelCount: channelCount) {
                let offset = reader.offset
                let packing = try reader.read(UInt8.self)
                guard packing == Self.binary16Packing else {
                    throw .unsupportedPacking(packing, offset: offset)
                }
                for _ in 0..<count { values.append(try reader.readWeight()) }
            }
            return values
        }
    }

    /// The content of a tile, the inverse of parsing.
    func payload(_ descriptor: SirenDescriptor, channelCount: Int) -> ArchitecturePayload {
        var bytes: [UInt8] = []
        var start = 0
        for count in Self.tensorSizes(descriptor, channelCount: channelCount) {
            bytes.append(Self.binary16Packing)
            for value in values[start..<start + count] { bytes.append(littleEndian: value) }
            start += count
        }
        return ArchitecturePayload(.tile, architecture: architecture, content: bytes)
    }

    /// The number of values of each tensor, in the order of the stream.
    static func tensorSizes(_ descriptor: SirenDescriptor, channelCount: Int) -> [Int] {
        let sizes = [2] + descriptor.widths + [channelCount]
        return zip(sizes, sizes.dropFirst()).flatMap { [$0 * $1, $1] }
    }
}

extension TileWeights {
    /// Rounds `parameters`, which are in the decoder's units with the scales folded in, to what a
    /// stream can hold.
    init(
        rounding parameters: [Float], architecture: Int, descriptor: SirenDescriptor,
        channelCount: Int
    ) {
        let scales = descriptor.parameterScales(channelCount: channelCount)
        self.init(
            architecture: architecture,
            values: zip(parameters, scales).map { Binary16.encode($0 / $1) })
    }

    /// The parameters that the decoder uses: each value times its layer's scale, rounded (§7.1).
    func parameters(_ descriptor: SirenDescriptor, channelCount: Int) -> [Float] {
        let scales = descriptor.parameterScales(channelCount: channelCount)
        return zip(values, scales).map { Binary16.decode($0) * $1 }
    }
}

extension SirenDescriptor {
    /// The scale of every parameter, in the order of the stream.
    func parameterScales(channelCount: Int) -> [Float] {
        TileWeights.tensorSizes(self, channelCount: channelCount).enumerated().flatMap {
            repeatElement(scale(ofLayer: $0.offset / 2), count: $0.element)
        }
    }
}

extension ByteReader {
    /// Reads a finite binary16 number as bits.
    fileprivate mutating func readWeight() throws(BitstreamError) -> UInt16 {
        let start = offset
        let bits = try read(UInt16.self)
        guard Binary16.isFinite(bits) else {
            throw .invalidField(
                "a weight", found: "0x" + String(bits, radix: 16), expected: "a finite number",
                offset: start)
        }
        return bits
    }
}
