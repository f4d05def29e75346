/// The one property of an XMP packet that changes how a picture looks: `tiff:Orientation` (XMP
/// specification part 2, §3.5).
///
/// Only its digit is changed, so that all else stays as it was to the byte.
struct XMPOrientation {
    private let packet: [UInt8]
    /// The places of the digits.
    private var digits: [Int] = []
    /// Whether there is a property in a form that is not understood here.
    private var isUnusual = false

    private static let namespace = "http://ns.adobe.com/tiff/1.0/"
    private static let name = Array(":Orientation".utf8)

    /// Finds the property, as an attribute and as an element.
    init(in packet: [UInt8]) {
        self.packet = packet
        // In UTF-16 and UTF-32 there are zeros.
        let isWide = packet.prefix(4).contains(0)
        let text = isWide ? packet.filter { $0 != 0 } : packet
        let prefixes = Self.prefixes(in: text)
        guard !prefixes.isEmpty else { return }
        for name in text.ranges(of: Self.name) {
            let prefix = Self.word(before: name.lowerBound, in: text)
            guard prefixes.contains(prefix),
                let place = Self.value(of: prefix.startIndex..<name.upperBound, in: text)
            else { continue }
            let value = place.filter { !Self.isSpace(text[$0]) }
            if !isWide, value.count == 1, (0x31...0x38).contains(text[value[0]]) {
                digits.append(value[0])
            } else {
                isUnusual = true
            }
        }
    }

    /// The packet saying that the picture is upright, if it says anything; `nil` if that cannot be
    /// changed.
    var settingUpright: [UInt8]? {
        guard !isUnusual else { return nil }
        var result = packet
        for digit in digits { result[digit] = UInt8(ascii: "1") }
        return result
    }

    /// The words that stand for the namespace of TIFF's properties.
    private static func prefixes(in text: [UInt8]) -> Set<ArraySlice<UInt8>> {
        let places = ["\"", "'"].flatMap { quote in
            text.ranges(of: Array("=\(quote)\(namespace)\(quote)".utf8))
        }
        return Set(places.map { word(before: $0.lowerBound, in: text) }.filter { !$0.isEmpty })
    }

    private static func word(before end: Int, in text: [UInt8]) -> ArraySlice<UInt8> {
        let start = text[..<end].lastIndex { !isOfName($0) }.map { $0 + 1 } ?? 0
        return text[start..<end]
    }

    /// Longer values are no orientation.
    private static let valueLimit = 64

    /// The place of the value behind a name: `="6"` or `>6<`; empty if it cannot be told, and `nil`
    /// where there is none.
    private static func value(of name: Range<Int>, in text: [UInt8]) -> Range<Int>? {
        let rest = text[name.upperBound...].prefix(valueLimit)
        let nothing = name.upperBound..<name.upperBound
        let isEndTag = name.lowerBound > 0 && text[name.lowerBound - 1] == UInt8(ascii: "/")
        guard !isEndTag, let start = rest.firstIndex(where: { !isSpace($0) }) else { return nil }
        if isOfName(text[start]) {
            // An attribute of the element, unless the name itself goes on.
            let isElement = name.lowerBound > 0 && text[name.lowerBound - 1] == UInt8(ascii: "<")
            return isElement && start > name.upperBound ? nothing : nil
        }
        switch text[start] {
        case UInt8(ascii: ">"):
            return rest[start...].firstIndex(of: UInt8(ascii: "<")).map { start + 1..<$0 }
                ?? nothing
        case UInt8(ascii: "="):
            guard let open = rest[(start + 1)...].firstIndex(where: { !isSpace($0) }),
                let close = rest[(open + 1)...].firstIndex(of: text[open])
            else { return nothing }
            return open + 1..<close
        default:
            // Nonsense.
            return nothing
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x09, 0x0A, 0x0D, 0x20].contains(byte) }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }
}
