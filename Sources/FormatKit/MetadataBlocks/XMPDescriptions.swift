/// The descriptions in an XMP packet, found in its text as far as comparing and dividing it needs.
///
/// A packet is RDF: `rdf:RDF` holds elements `rdf:Description`, whose attributes and elements are the
/// properties.
package struct XMPDescriptions: Sendable {
    /// One element `rdf:Description`.
    package struct Description: Sendable {
        /// The place of the whole element.
        package let range: Range<Int>
        /// The place of its start tag.
        package let startTag: Range<Int>
        /// The places of the elements in it.
        package let elements: [Range<Int>]
        /// Whether properties are among the attributes of its start tag.
        package let hasAttributes: Bool
    }

    /// The packet.
    package let bytes: [UInt8]
    /// The descriptions in the order of the packet.
    package let descriptions: [Description]

    /// Finds the descriptions; `nil` where the packet does not have the usual form.
    package init?(_ packet: [UInt8]) {
        bytes = packet
        let scanner = XMLScanner(packet)
        guard let root = packet.firstRange(of: Array("<rdf:RDF".utf8))?.lowerBound,
            let open = scanner.tagEnd(at: root),
            let end = packet.ranges(of: Array("</rdf:RDF>".utf8)).last?.lowerBound, open <= end,
            let children = scanner.elements(in: open..<end)
        else { return nil }
        var descriptions: [Description] = []
        for range in children {
            guard packet[range].starts(with: "<rdf:Description".utf8),
                let tagEnd = scanner.tagEnd(at: range.lowerBound)
            else { return nil }
            let isEmpty = packet[tagEnd - 2] == UInt8(ascii: "/")
            let content = isEmpty ? tagEnd..<tagEnd : tagEnd..<scanner.endTagStart(of: range)
            guard let elements = scanner.elements(in: content) else { return nil }
            descriptions.append(
                Description(
                    range: range, startTag: range.lowerBound..<tagEnd, elements: elements,
                    hasAttributes: scanner.attributes(of: range.lowerBound..<tagEnd).contains {
                        Self.isProperty($0.name)
                    }))
        }
        self.descriptions = descriptions
    }

    /// What the packet says, in an order that does not depend on how it is divided: properties that
    /// are attributes, and elements.
    package var properties: [String] {
        descriptions.flatMap { description in
            let attributes = XMLScanner(bytes).attributes(of: description.startTag)
                .filter { Self.isProperty($0.name) }.map { "\($0.name)=\($0.value)" }
            return attributes
                + description.elements.map { String(decoding: bytes[$0], as: UTF8.self) }
        }.sorted()
    }

    /// The places of attributes of a description, with the space in front of them, by their names.
    package func attributePlaces(
        of description: Description, where isWanted: (String) -> Bool
    ) -> [Range<Int>] {
        XMLScanner(bytes).attributes(of: description.startTag)
            .filter { isWanted($0.name) }.map(\.place)
    }

    /// Not where names come from, what is described, and where the rest of the packet is.
    private static func isProperty(_ name: String) -> Bool {
        !name.hasPrefix("xmlns") && name != "rdf:about" && name != "xmpNote:HasExtendedXMP"
    }

    /// Whether two packets say the same; packets of an unusual form only if they are equal.
    package static func areSame(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        if first == second { return true }
        guard let first = XMPDescriptions(first), let second = XMPDescriptions(second) else {
            return false
        }
        return first.properties == second.properties
    }
}

/// Finds the ends of tags and elements in a text that may be XML.
private struct XMLScanner {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Where the tag that begins at `start` ends.
    func tagEnd(at start: Int) -> Int? { XMLMarkup.tagEnd(in: bytes, from: start) }

    /// The elements that lie in a range, one after the other; `nil` if it is no XML.
    func elements(in range: Range<Int>) -> [Range<Int>]? {
        var elements: [Range<Int>] = []
        var (depth, start, index) = (0, 0, range.lowerBound)
        while let open = bytes[index..<range.upperBound].firstIndex(of: UInt8(ascii: "<")) {
            guard let end = markupEnd(at: open), end <= range.upperBound else { return nil }
            index = end
            switch bytes[open + 1] {
            case UInt8(ascii: "!"), UInt8(ascii: "?"): continue
            case UInt8(ascii: "/"): depth -= 1
            default:
                if depth == 0 { start = open }
                if bytes[end - 2] != UInt8(ascii: "/") { depth += 1 }
            }
            if depth < 0 { return nil }
            if depth == 0 { elements.append(start..<end) }
        }
        return depth == 0 ? elements : nil
    }

    /// Where a tag, a comment, an instruction or a part in plain text ends.
    private func markupEnd(at start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        for (open, close) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")]
        where bytes[start...].starts(with: open.utf8) {
            return bytes[start...].firstRange(of: Array(close.utf8))?.upperBound
        }
        return tagEnd(at: start)
    }

    /// Where the end tag of an element begins.
    func endTagStart(of element: Range<Int>) -> Int {
        bytes[element].lastIndex(of: UInt8(ascii: "<")) ?? element.upperBound
    }

    /// The attributes of a start tag, with their quotes.
    func attributes(of tag: Range<Int>) -> [(name: String, value: String, place: Range<Int>)] {
        var attributes: [(String, String, Range<Int>)] = []
        var index = tag.lowerBound
        while let equals = bytes[index..<tag.upperBound].firstIndex(of: UInt8(ascii: "=")) {
            let words = bytes[index..<equals].split { $0 <= 0x20 }
            let name = words.last ?? bytes[equals..<equals]
            guard
                let open = bytes[equals..<tag.upperBound].firstIndex(where: {
                    [0x22, 0x27].contains($0)
                }),
                let close = bytes[(open + 1)..<tag.upperBound].firstIndex(of: bytes[open])
            else { return attributes }
            attributes.append(
                (
                    String(decoding: name, as: UTF8.self),
                    String(decoding: bytes[(open + 1)..<close], as: UTF8.self),
                    max(name.startIndex - 1, tag.lowerBound)..<close + 1
                ))
            index = close + 1
        }
        return attributes
    }
}
