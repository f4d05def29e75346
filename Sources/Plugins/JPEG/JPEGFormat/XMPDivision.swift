internal import FormatKit
internal import MetadataBlocks

/// A packet that exceeds a segment, divided into one that does not and an extension.
///
/// As much as fits stays where every reader finds it: single properties that are elements, and
/// descriptions that are one property or only attributes, move into the extension, the largest first.
struct XMPDivision {
    /// The packet without what has moved, and without a reference to the extension.
    let packet: [UInt8]
    /// The extension, a packet without a wrapper.
    let `extension`: [UInt8]

    /// What may move: its place in the packet, and its text in the extension.
    private struct Part {
        let range: Range<Int>
        let text: [UInt8]

        init(_ range: Range<Int>, _ text: [UInt8]) { (self.range, self.text) = (range, text) }
    }

    /// Divides a packet so that what is left has at most `limit` bytes; `nil` where it does not have
    /// the usual form, its parts are too large, or nothing would be left.
    init?(_ packet: [UInt8], limit: Int) {
        guard let found = XMPDescriptions(packet), let open = Self.opening(of: packet) else {
            return nil
        }
        var parts: [Part] = []
        var byteCount = packet.count
        let candidates = found.descriptions.flatMap { description -> [Part] in
            // What would be left of a description without attributes is nothing.
            if description.elements.count + (description.hasAttributes ? 1 : 0) < 2 {
                return [Part(description.range, Array(packet[description.range]))]
            }
            return description.elements.map {
                Part($0, Self.wrapped(packet[$0], in: packet[description.startTag]))
            }
        }
        for part in candidates.sorted(by: { $0.range.count > $1.range.count }) {
            guard byteCount > limit else { break }
            byteCount -= part.range.count
            parts.append(part)
        }
        guard byteCount <= limit, !parts.isEmpty else { return nil }
        self.packet = Self.removing(parts.map(\.range), from: packet)
        // What is all in the extension comes back byte for byte.
        guard XMPDescriptions(self.packet)?.properties.isEmpty == false else { return nil }
        self.extension =
            open + parts.sorted { $0.range.lowerBound < $1.range.lowerBound }.flatMap(\.text)
            + Array("</rdf:RDF></x:xmpmeta>".utf8)
    }

    /// What an extension begins with; `nil` where the packet's own root declares further names, which
    /// its parts would lack.
    private static func opening(of packet: [UInt8]) -> [UInt8]? {
        guard let root = packet.firstRange(of: Array("<rdf:RDF".utf8))?.lowerBound,
            let end = packet[root...].firstIndex(of: UInt8(ascii: ">")),
            packet[root..<end].ranges(of: Array("xmlns:".utf8)).count == 1
        else { return nil }
        return Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">".utf8) + packet[root...end]
    }

    /// A property in a description that declares the names of its own.
    private static func wrapped(
        _ property: ArraySlice<UInt8>, in startTag: ArraySlice<UInt8>
    ) -> [UInt8] {
        let tag = String(decoding: startTag, as: UTF8.self)
        let names = tag.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("xmlns:") }
            .map { $0.prefix { $0 != ">" } }.joined(separator: " ")
        return Array("<rdf:Description rdf:about=\"\" \(names)>".utf8) + property
            + Array("</rdf:Description>".utf8)
    }

    private static func removing(_ ranges: [Range<Int>], from packet: [UInt8]) -> [UInt8] {
        var rest = packet
        for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            rest.removeSubrange(range)
        }
        return rest
    }
}
