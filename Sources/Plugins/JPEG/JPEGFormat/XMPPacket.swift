/// Finds places in the text of an XMP packet, as far as putting packets together needs.
struct XMPPacket {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The bytes from `<x:xmpmeta` to its end tag, without the wrapper of processing instructions
    /// and padding; all bytes where there is no such element.
    var unwrapped: [UInt8] {
        guard let start = first("<x:xmpmeta"), let end = last("</x:xmpmeta>") else { return bytes }
        return Array(bytes[start..<max(start, end + "</x:xmpmeta>".utf8.count)])
    }

    /// The identity of the extension that the packet refers to.
    var extensionIdentity: String? {
        guard let note, note.value.count == 32 else { return nil }
        return String(decoding: bytes[note.value], as: UTF8.self).uppercased()
    }

    private static let referenceStart =
        "<rdf:Description rdf:about=\"\" xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\" "
        + "xmpNote:HasExtendedXMP=\""
    private static let referenceEnd = "\"/>"
    private static let wrapperStart =
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
    private static let wrapperEnd = "<?xpacket end=\"w\"?>"

    /// By how much ``referring(to:)`` makes a packet larger.
    static let referenceByteCount =
        [referenceStart, referenceEnd, wrapperStart, wrapperEnd].reduce(32) { $0 + $1.utf8.count }

    /// The packet, which has no wrapper, with a wrapper and a reference to an extension.
    func referring(to identity: String) -> [UInt8] {
        var packet = bytes
        let reference = Self.referenceStart + identity + Self.referenceEnd
        packet.insert(contentsOf: reference.utf8, at: last("</rdf:RDF>") ?? packet.count)
        return Array(Self.wrapperStart.utf8) + packet + Array(Self.wrapperEnd.utf8)
    }

    /// The packet with the elements of another one's `rdf:RDF` added to its own, and without the
    /// reference to an extension; `nil` where the texts do not have the usual form.
    func merging(_ other: XMPPacket) -> [UInt8]? {
        var merged = withoutNote
        guard let inner = other.descriptions, let end = XMPPacket(merged).last("</rdf:RDF>") else {
            return nil
        }
        // A packet that says nothing but where its extension is.
        if let own = XMPPacket(merged).descriptions, Self.isEmpty(own) { return other.bytes }
        merged.insert(contentsOf: inner, at: end)
        return merged
    }

    /// The attribute or the element that refers to an extension, and what it says.
    private var note: (whole: Range<Int>, value: Range<Int>)? {
        let name = "xmpNote:HasExtendedXMP"
        if let start = bytes.firstRange(of: Array("<\(name)>".utf8)),
            let end = bytes.firstRange(of: Array("</\(name)>".utf8)),
            start.upperBound <= end.lowerBound
        {
            return (start.lowerBound..<end.upperBound, start.upperBound..<end.lowerBound)
        }
        guard let start = first(name),
            let quote = bytes[start...].firstIndex(where: { $0 == 0x22 || $0 == 0x27 }),
            let end = bytes[(quote + 1)...].firstIndex(of: bytes[quote])
        else { return nil }
        return (start..<(end + 1), (quote + 1)..<end)
    }

    private var withoutNote: [UInt8] {
        guard let note else { return bytes }
        var copy = bytes
        // The element that we add goes as a whole.
        let start = note.value.lowerBound - Self.referenceStart.utf8.count
        let end = note.value.upperBound + Self.referenceEnd.utf8.count
        if start >= 0, end <= bytes.count, bytes[start...].starts(with: Self.referenceStart.utf8),
            bytes[..<end].reversed().starts(with: Self.referenceEnd.utf8.reversed())
        {
            copy.removeSubrange(start..<end)
            return copy
        }
        copy.removeSubrange(note.whole)
        return copy
    }

    /// What is inside `rdf:RDF`, if its start tag declares no namespace but its own.
    private var descriptions: ArraySlice<UInt8>? {
        guard let start = first("<rdf:RDF"),
            let open = bytes[start...].firstIndex(of: UInt8(ascii: ">")),
            let end = last("</rdf:RDF>"), open < end
        else { return nil }
        let tag = String(decoding: bytes[start..<open], as: UTF8.self)
        guard tag.split(separator: "xmlns:").count == 2 else { return nil }
        return bytes[(open + 1)..<end]
    }

    /// Whether the descriptions are one without properties.
    private static func isEmpty(_ descriptions: ArraySlice<UInt8>) -> Bool {
        var text = String(decoding: descriptions, as: UTF8.self)
        for attribute in ["rdf:about", "xmlns:xmpNote"] {
            for quote in ["\"", "'"] {
                guard let start = text.firstRange(of: "\(attribute)=\(quote)"),
                    let end = text[start.upperBound...].firstRange(of: quote)
                else { continue }
                text.removeSubrange(start.lowerBound..<end.upperBound)
            }
        }
        let rest = text.filter { !$0.isWhitespace }
        return ["", "<rdf:Description/>", "<rdf:Description></rdf:Description>"].contains(rest)
    }

    private func first(_ text: String) -> Int? {
        bytes.firstRange(of: Array(text.utf8))?.lowerBound
    }

    private func last(_ text: String) -> Int? {
        bytes.ranges(of: Array(text.utf8)).last?.lowerBound
    }
}
