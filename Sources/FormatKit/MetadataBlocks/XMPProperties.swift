/// The properties of an XMP packet and where they lie in it: attributes and elements of XML, of
/// which only what matters to find them is understood (XMP specification part 1, §7).
///
/// So some can be changed or taken out, and all else stays as it was to the byte.
package struct XMPProperties {
    /// An attribute or an element.
    package struct Property {
        package let namespace: String
        package let name: String
        /// The property with all that it holds.
        package let whole: Range<Int>
        /// The text that is its value, if it is a text.
        package let value: Range<Int>?
    }

    package let packet: [UInt8]
    package private(set) var properties: [Property] = []

    /// Names of elements, attributes and prefixes are compared as bytes.
    private typealias Scope = [ArraySlice<UInt8>: String]

    private struct Element {
        let name: ArraySlice<UInt8>
        let start: Int
        let contentStart: Int
        let scope: Scope
        var hasChildren = false
    }

    private var elements: [Element] = []

    /// More elements in each other, and more prefixes, than any tool writes; a bound for the time.
    private static let depthLimit = 256

    /// Finds the properties, or returns `nil` where the packet is no XML in UTF-8.
    package init?(_ packet: [UInt8]) {
        self.packet = packet
        guard !packet.prefix(4).contains(0) else { return nil }
        var offset = 0
        while let open = packet[offset...].firstIndex(of: UInt8(ascii: "<")) {
            guard let end = takeMarkup(at: open) else { return nil }
            offset = end
        }
        guard elements.isEmpty else { return nil }
    }

    /// Takes what begins with `<`; returns where it ends, or `nil` if it does not.
    private mutating func takeMarkup(at open: Int) -> Int? {
        let rest = packet[open...]
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")]
        where rest.starts(with: start.utf8) {
            return Self.end(of: end, in: rest.dropFirst(start.utf8.count))
        }
        guard let end = XMLMarkup.tagEnd(in: packet, from: open) else { return nil }
        let tag = packet[open + 1..<end - 1]
        if tag.first == UInt8(ascii: "/") {
            guard takeEndTag(tag.dropFirst(), open: open, end: end) else { return nil }
        } else {
            guard takeStartTag(tag, open: open, end: end) else { return nil }
        }
        return end
    }

    private static func end(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let pattern = Array(text.utf8)
        var offset = bytes.startIndex
        while let place = bytes[offset...].firstIndex(of: pattern[0]) {
            if bytes[place...].starts(with: pattern) { return place + pattern.count }
            offset = place + 1
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x09, 0x0A, 0x0D, 0x20].contains(byte) }

    private mutating func takeStartTag(_ tag: ArraySlice<UInt8>, open: Int, end: Int) -> Bool {
        let isEmpty = tag.last == UInt8(ascii: "/")
        let body = isEmpty ? tag.dropLast() : tag
        let name = body.prefix { !Self.isSpace($0) }
        guard !name.isEmpty, let attributes = Self.attributes(body[name.endIndex...]) else {
            return false
        }
        if !elements.isEmpty { elements[elements.count - 1].hasChildren = true }
        var scope = elements.last?.scope ?? [:]
        for attribute in attributes where attribute.name.starts(with: Array("xmlns:".utf8)) {
            scope[attribute.name.dropFirst(6)] = String(
                decoding: packet[attribute.value], as: UTF8.self)
        }
        for attribute in attributes {
            add(attribute.name, scope, whole: attribute.whole, value: attribute.value)
        }
        guard max(elements.count, scope.count) <= Self.depthLimit else { return false }
        if isEmpty {
            add(name, scope, whole: open..<end, value: nil)
        } else {
            elements.append(
                Element(name: name, start: open, contentStart: end, scope: scope))
        }
        return true
    }

    private mutating func takeEndTag(_ tag: ArraySlice<UInt8>, open: Int, end: Int) -> Bool {
        let name = tag.prefix { !Self.isSpace($0) }
        guard let element = elements.popLast(), element.name.elementsEqual(name) else {
            return false
        }
        add(
            element.name, element.scope, whole: element.start..<end,
            value: element.hasChildren ? nil : element.contentStart..<open)
        return true
    }

    private mutating func add(
        _ name: ArraySlice<UInt8>, _ scope: Scope, whole: Range<Int>, value: Range<Int>?
    ) {
        let parts = name.split(separator: UInt8(ascii: ":"), maxSplits: 1)
        guard parts.count == 2, let namespace = scope[parts[0]] else { return }
        properties.append(
            Property(
                namespace: namespace, name: String(decoding: parts[1], as: UTF8.self),
                whole: whole, value: value))
    }

    private struct Attribute {
        let name: ArraySlice<UInt8>
        /// With the space in front.
        let whole: Range<Int>
        let value: Range<Int>
    }

    /// The attributes of a tag, or `nil` if it is malformed.
    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [Attribute]? {
        var attributes: [Attribute] = []
        var rest = bytes
        while true {
            let start = rest.startIndex
            rest = rest.drop(while: isSpace)
            guard !rest.isEmpty else { return attributes }
            let name = rest.prefix { !isSpace($0) && $0 != UInt8(ascii: "=") }
            rest = rest[name.endIndex...].drop(while: isSpace)
            guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "=") else { return nil }
            rest = rest.drop(while: isSpace)
            guard let quote = rest.popFirst(),
                quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let close = rest.firstIndex(of: quote)
            else { return nil }
            attributes.append(
                Attribute(
                    name: name, whole: start..<close + 1, value: rest.startIndex..<close))
            rest = rest[(close + 1)...]
        }
    }
}

extension XMPProperties {
    /// The properties of a namespace, of some names or all.
    package func all(of namespace: String, _ names: Set<String>? = nil) -> [Property] {
        properties.filter {
            $0.namespace == namespace && names?.contains($0.name) ?? true
        }
    }

    /// The text of a property.
    package func text(_ property: Property) -> String? {
        property.value.map { String(decoding: packet[$0], as: UTF8.self) }
    }

    /// The packet with other values for some properties, and without others.
    package func packet(
        replacing replaced: [(property: Property, text: String)], removing removed: [Property]
    ) -> [UInt8] {
        let gone = RangeSet(removed.map(\.whole))
        var edits = gone.ranges.map { (range: $0, bytes: [UInt8]()) }
        for (property, text) in replaced {
            guard let value = property.value, !gone.contains(value.lowerBound) else { continue }
            edits.append((value, Array(text.utf8)))
        }
        var result = packet
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            result.replaceSubrange(edit.range, with: edit.bytes)
        }
        return result
    }
}
