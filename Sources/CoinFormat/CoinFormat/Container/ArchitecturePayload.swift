/// The content of a box that belongs to an architecture: of a tile, or what tiles share (§6).
///
/// | Offset | Size | Field        | Value                                 |
/// | ------ | ---- | ------------ | ------------------------------------- |
/// | 0      | 1    | architecture | index into the header's descriptors   |
/// | 1      | …    | content      | as the architecture says              |
struct ArchitecturePayload: Sendable, Equatable {
    /// The index of the architecture in the header.
    let architecture: Int
    /// The box that holds it; its offset is 0 unless parsed.
    let box: Box

    /// Creates content that is to be written.
    init(_ type: BoxType, architecture: Int, content: [UInt8]) {
        self.architecture = architecture
        box = Box(type: type, payload: [UInt8(architecture)] + content)
    }

    /// Takes the content from a box of a file with so many architectures.
    init(_ box: Box, architectureCount: Int) throws(BitstreamError) {
        var index: UInt8 = 0
        try box.parsePayload { (reader) throws(BitstreamError) in
            index = try reader.readByte(
                "the architecture index", in: 0...UInt8(architectureCount - 1))
            try reader.skip(reader.remaining)
        }
        architecture = Int(index)
        self.box = box
    }

    static func == (a: ArchitecturePayload, b: ArchitecturePayload) -> Bool {
        a.box.type == b.box.type && a.box.payload == b.box.payload
    }

    /// What follows the index.
    var content: ArraySlice<UInt8> { box.payload.dropFirst() }

    /// Parses what follows the index with `parse`, which must use up all of it.
    func parse<T>(
        _ parse: (inout ByteReader) throws(BitstreamError) -> T
    ) throws(BitstreamError) -> T {
        try box.parsePayload { (reader) throws(BitstreamError) in
            try reader.skip(1)
            return try parse(&reader)
        }
    }
}
