internal import FormatKit

/// The one list of architectures.
enum ArchitectureTable {
    static let all: [any Architecture.Type] = [
        LatentArchitecture.self, SirenArchitecture.self,
    ]

    /// The architecture of a kind, or `nil` if it needs a newer decoder.
    static func architecture(_ kind: UInt8) -> (any Architecture.Type)? {
        all.first { $0.kind == kind }
    }

    /// The architecture of a header's networks, or what is wrong with it.
    static func parsing(_ header: CoinHeader) -> Result<any Architecture, BitstreamError> {
        do throws(BitstreamError) {
            return .success(try architecture(of: header))
        } catch {
            return .failure(error)
        }
    }

    /// The architecture of a header's networks.
    ///
    /// - Throws: ``BitstreamError/unsupportedArchitecture(kind:offset:)`` if one is unknown.
    private static func architecture(of header: CoinHeader) throws(BitstreamError)
        -> any Architecture
    {
        for descriptor in header.architectures where architecture(descriptor.kind) == nil {
            throw .unsupportedArchitecture(kind: descriptor.kind, offset: descriptor.offset)
        }
        let first = header.architectures[0].kind
        for descriptor in header.architectures where descriptor.kind != first {
            // Tiles of different kinds would need a rule for their borders.
            throw .invalidField(
                "the kind of an architecture", found: "\(descriptor.kind)",
                expected: "\(first), as of the first", offset: descriptor.offset)
        }
        guard let architecture = architecture(first) else {
            throw .unsupportedArchitecture(kind: first, offset: header.architectures[0].offset)
        }
        return try architecture.init(header)
    }
}
