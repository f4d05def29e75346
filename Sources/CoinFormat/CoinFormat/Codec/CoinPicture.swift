internal import CoinKernels

/// A parsed `.coin` stream: everything in it is valid, as far as its architectures are known.
struct CoinPicture: Sendable {
    /// The networks, or why they cannot be evaluated.
    private enum Networks {
        case known(any Architecture, any PictureDecoder)
        case unknown(BitstreamError)
    }

    let file: CoinFile
    private let networks: Networks

    /// Parses a stream; `accept` sees the header, the cost, and the memory that the parsed stream takes,
    /// before anything that follows.
    ///
    /// A file whose networks need a newer decoder can be listed, but costs nothing.
    init<E: Error>(
        parsing bytes: [UInt8], kernels: KernelVariant, threadCount: Int,
        accept: (CoinHeader, DecodingCost, _ byteCount: Int) throws(E) -> Void,
        mapping map: (BitstreamError) -> E
    ) throws(E) {
        var parsed: Result<any Architecture, BitstreamError>?
        file = try CoinFile(
            parsing: bytes,
            accept: { (header, byteCount) throws(E) in
                let architecture = ArchitectureTable.parsing(header)
                parsed = architecture
                switch architecture {
                case .success(let architecture):
                    try accept(
                        header, architecture.cost(threadCount: threadCount),
                        byteCount + architecture.parsedByteCount(streamByteCount: bytes.count))
                case .failure(.unsupportedArchitecture), .failure(.unsupportedDefaults):
                    try accept(header, .zero, byteCount)
                case .failure(let error): throw map(error)
                }
            }, mapping: map)
        do throws(BitstreamError) {
            switch parsed {
            case .success(let architecture):
                let decoder = try architecture.makeDecoder(of: file, kernels: kernels)
                networks = .known(architecture, decoder)
            case .failure(let error): networks = .unknown(error)
            case nil: preconditionFailure("no header was accepted")
            }
        } catch {
            throw map(error)
        }
    }

    /// Parses a stream without limits.
    init(parsing bytes: [UInt8]) throws(BitstreamError) {
        try self.init(
            parsing: bytes, kernels: .scalar, threadCount: 1,
            accept: { (_, _, _) throws(BitstreamError) in }, mapping: { $0 })
    }

    /// The kind of the networks.
    ///
    /// - Throws: ``BitstreamError/unsupportedArchitecture(kind:offset:)`` and its like.
    var architecture: any Architecture {
        get throws(BitstreamError) {
            switch networks {
            case .known(let architecture, _): return architecture
            case .unknown(let error): throw error
            }
        }
    }

    /// What decodes the networks.
    ///
    /// - Throws: ``BitstreamError/unsupportedArchitecture(kind:offset:)`` and its like.
    var decoder: any PictureDecoder {
        get throws(BitstreamError) {
            switch networks {
            case .known(_, let decoder): return decoder
            case .unknown(let error): throw error
            }
        }
    }
}
