internal import CoinKernels

/// A parsed `.coin` stream: everything in it is valid.
struct CoinPicture: Sendable {
    let file: CoinFile
    let architecture: any Architecture
    let decoder: any PictureDecoder

    /// Parses a stream; `accept` sees the header and the cost before anything that follows.
    init<E: Error>(
        parsing bytes: [UInt8], kernels: KernelVariant,
        accept: (CoinHeader, DecodingCost) throws(E) -> Void,
        mapping map: (BitstreamError) -> E
    ) throws(E) {
        var parsed: (any Architecture)?
        file = try CoinFile(
            parsing: bytes,
            accept: { (header) throws(E) in
                do throws(BitstreamError) {
                    parsed = try ArchitectureTable.architecture(of: header)
                } catch {
                    throw map(error)
                }
                if let parsed { try accept(header, parsed.cost) }
            }, mapping: map)
        guard let parsed else { preconditionFailure("no header was accepted") }
        architecture = parsed
        do throws(BitstreamError) {
            decoder = try parsed.makeDecoder(of: file, kernels: kernels)
        } catch {
            throw map(error)
        }
    }

    /// Parses a stream without limits.
    init(parsing bytes: [UInt8]) throws(BitstreamError) {
        try self.init(
            parsing: bytes, kernels: .scalar, accept: { (_, _) throws(BitstreamError) in },
            mapping: { $0 })
    }
}
