internal import FormatKit

/// An XMP packet, in one segment or, if it is too large, with an extension in pieces (XMP
/// specification part 3, §1.1.3).
///
/// | offset | size | field of a piece |
/// | --- | --- | --- |
/// | 0 | 35 | `http://ns.adobe.com/xmp/extension/`, 0 |
/// | 35 | 32 | MD5 of the extension in hexadecimal digits |
/// | 67 | 4 | size of the extension, big-endian |
/// | 71 | 4 | offset of the piece in it |
/// | 75 | n | piece |
struct XMPSegments {
    static let prefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    static let extensionPrefix = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
    private static let extensionOverhead = extensionPrefix.count + 40
    private static let packetLimit = JPEGSegment.contentLimit - prefix.count
    private static let pieceLimit = 65_400

    private var packet: [UInt8]?
    private var pieces: [(identity: String, size: Int, offset: Int, bytes: ArraySlice<UInt8>)] = []
    /// What is damaged, and therefore left out.
    private(set) var damage: [Loss] = []

    /// Takes the content of a segment that begins with ``prefix``.
    mutating func take(_ content: [UInt8]) {
        guard packet == nil else {
            lose("more than one XMP packet: only the first is read")
            return
        }
        packet = Array(content.dropFirst(Self.prefix.count))
    }

    /// Takes the content of a segment that begins with ``extensionPrefix``.
    mutating func take(extension content: [UInt8]) {
        let start = Self.extensionPrefix.count
        guard content.count >= Self.extensionOverhead,
            let size = content.bigEndian(at: start + 32, count: 4),
            let offset = content.bigEndian(at: start + 36, count: 4)
        else {
            lose("a piece of extended XMP is malformed and ignored")
            return
        }
        let identity = String(decoding: content[start..<start + 32], as: UTF8.self).uppercased()
        pieces.append((identity, size, offset, content.dropFirst(Self.extensionOverhead)))
    }

    private mutating func lose(_ words: String) { damage.append(.part(of: .xmp, words)) }

    /// The whole packet, with its extension where it has one.
    mutating func assemble() -> [UInt8]? {
        guard let packet else {
            if !pieces.isEmpty { lose("extended XMP without a packet is ignored") }
            return nil
        }
        guard let identity = XMPPacket(packet).extensionIdentity else {
            if !pieces.isEmpty { lose("extended XMP of another packet is ignored") }
            return packet
        }
        guard let found = assembledExtension(identity) else {
            lose("the extended XMP is incomplete and ignored")
            return packet
        }
        guard let merged = XMPPacket(packet).merging(XMPPacket(found)) else {
            lose("the extended XMP has an unusual form and is ignored")
            return packet
        }
        return merged
    }

    /// The extension with an identity, if its pieces follow each other without a gap.
    private func assembledExtension(_ identity: String) -> [UInt8]? {
        let own = pieces.filter { $0.identity == identity }.sorted { $0.offset < $1.offset }
        guard let size = own.first?.size else { return nil }
        var bytes: [UInt8] = []
        for piece in own {
            guard piece.size == size, piece.offset == bytes.count else { return nil }
            bytes += piece.bytes
        }
        return bytes.count == size && MD5.hexadecimalDigest(of: bytes) == identity ? bytes : nil
    }

    /// What of a packet every reader finds, and its extension.
    private static func divided(_ packet: [UInt8]) -> (main: [UInt8], extended: [UInt8]) {
        // Padding is of no use to an extension.
        let unwrapped = XMPPacket(packet).unwrapped
        if let division = XMPDivision(
            unwrapped, limit: packetLimit - XMPPacket.referenceByteCount)
        {
            return (division.packet, division.extension)
        }
        let empty = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/">\
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>\
            </x:xmpmeta>
            """
        return (Array(empty.utf8), unwrapped)
    }

    /// The contents of the segments that hold a packet.
    static func contents(of packet: [UInt8]) -> [[UInt8]] {
        guard packet.count > packetLimit else { return [prefix + packet] }
        let (main, extended) = divided(packet)
        let identity = MD5.hexadecimalDigest(of: extended)
        let reference = XMPPacket(main).referring(to: identity)
        let head = extensionPrefix + Array(identity.utf8) + UInt32(extended.count).bigEndianBytes
        return [prefix + reference]
            + stride(from: 0, to: extended.count, by: pieceLimit).map { offset in
                head + UInt32(offset).bigEndianBytes
                    + extended[offset..<min(offset + pieceLimit, extended.count)]
            }
    }
}
