/// What a header says of one architecture, as it is in the stream (§5.2).
///
/// The container does not know what the bytes mean: that is what an ``Architecture`` is for.
///
/// | Size   | Field  | Value                                                  |
/// | ------ | ------ | ------------------------------------------------------ |
/// | 1      | kind   | the kind of network                                    |
/// | 1…5    | length | varint: bytes of the body                              |
/// | length | body   | as the kind says                                       |
struct ArchitectureDescriptor: Sendable, Equatable {
    /// What kind of network it is.
    let kind: UInt8
    /// What only an architecture of the kind understands.
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
        let length = try reader.readVarint("the length of a descriptor")
        bodyOffset = reader.offset
        body = try reader.readBytes(length)
    }

    /// The bytes of the descriptor, the inverse of parsing.
    var serialized: [UInt8] {
        var bytes = [kind]
        bytes.append(varint: body.count)
        return bytes + body
    }

    /// Parses the body with `parse`, which must use up all of it.
    func parse<T>(
        _ parse: (inout ByteReader) throws(BitstreamError) -> T
    ) throws(BitstreamError) -> T {
        var reader = ByteReader(body.span, base: bodyOffset)
        let value: T
        do throws(BitstreamError) {
            value = try parse(&reader)
        } catch .truncated(_, let needed, let available) {
            // The header goes on; it is the body that is too short.
            throw wrongLength(expected: body.count - available + needed)
        } catch {
            throw error
        }
        guard reader.remaining == 0 else {
            throw wrongLength(expected: body.count - reader.remaining)
        }
        return value
    }

    private func wrongLength(expected: Int) -> BitstreamError {
        .invalidField(
            "the length of a descriptor", found: "\(body.count)", expected: "\(expected)",
            offset: offset + 1)
    }
}
