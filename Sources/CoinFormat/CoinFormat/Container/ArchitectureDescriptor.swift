/// What a header says of one architecture, as it is in the stream (§5.2).
///
/// The container does not know what the bytes mean: that is what an ``Architecture`` is for.
struct ArchitectureDescriptor: Sendable, Equatable {
    /// What kind of network it is.
    let kind: UInt8
    /// What follows the kind.
    let body: [UInt8]
    /// Where the kind is, in bytes from the start of the file; 0 unless parsed.
    let offset: Int
    /// Where the body starts.
    let bodyOffset: Int

    /// Creates a descriptor that is to be written.
    init(kind: UInt8, body: [UInt8]) {
        self.kind = kind
        self.body = body
        offset = 0
        bodyOffset = 0
    }

    static func == (a: ArchitectureDescriptor, b: ArchitectureDescriptor) -> Bool {
        a.kind == b.kind && a.body == b.body
    }

    /// Parses a descriptor.
    init(parsing reader: inout ByteReader) throws(BitstreamError) {
        offset = reader.offset
        kind = try reader.read()
        bodyOffset = reader.offset
        guard let architecture = ArchitectureTable.architecture(kind) else {
            throw .unsupportedArchitecture(kind: kind, offset: offset)
        }
        body = try architecture.body(parsing: &reader)
    }

    /// The bytes of the descriptor, the inverse of parsing.
    var serialized: [UInt8] { [kind] + body }
}
