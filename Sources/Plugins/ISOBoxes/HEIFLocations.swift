import FormatKit

/// Where the contents of items lie: `iloc` (ISO/IEC 14496-12 §8.11.3).
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | version (0, 1, 2) and flags |
/// | 4 | 2 | sizes of fields, 4 bits each: offset, length, base, index (none in version 0) |
/// | 6 | 2 or 4 | number of items (4 in version 2) |
///
/// and for each item: its number (2 or 4), from version 1 on how it is stored (2: 0 in the file, 1 in
/// `idat`), the file (2: 0 this one), the base, the number of parts (2), and of each part the index, the
/// offset from the base and the length (0: all there is).
struct HEIFLocations {
    /// Where a part lies in the file, or would if that were long enough.
    typealias Part = Range<Int>

    /// What is said of an item that lies in this file.
    private struct Item {
        var parts: [Part] = []
        /// Where all that could hold it ends.
        let end: Int
        /// Where the base and the offsets are said, and where the lengths, in the box.
        var offsetFields: [Range<Int>]
        var lengthFields: [Range<Int>] = []
    }

    private var items: [Int: Item] = [:]

    /// More parts than any tool writes; where their fields have no size, nothing else bounds them.
    private static let partCountLimit = 1 << 16

    /// Reads the box.
    ///
    /// - Parameters:
    ///   - bytes: Its content; damage ends the list.
    ///   - data: Where `idat` lies.
    ///   - byteCount: The size of the file.
    init(_ bytes: [UInt8], data: Range<Int>, byteCount: Int) {
        guard bytes.count >= 8, bytes[0] <= 2 else { return }
        let version = bytes[0]
        let sizes = [bytes[4] >> 4, bytes[4] & 15, bytes[5] >> 4, bytes[5] & 15].map(Int.init)
        let indexSize = version == 0 ? 0 : sizes[3]
        guard sizes.allSatisfy({ $0 <= 8 }) else { return }
        var fields = Fields(bytes: bytes, offset: 6)
        guard let count = fields.next(version == 2 ? 4 : 2) else { return }
        var partsLeft = Self.partCountLimit
        for _ in 0..<count {
            guard let id = fields.next(version == 2 ? 4 : 2),
                let method = version == 0 ? 0 : fields.next(2), let file = fields.next(2),
                let base = fields.next(sizes[2]), let partCount = fields.next(2),
                partCount <= partsLeft
            else { return }
            partsLeft -= partCount
            let holder = method & 15 == 1 ? data : 0..<byteCount
            let baseField = fields.offset - 2 - sizes[2]..<fields.offset - 2
            var item = Item(end: holder.upperBound, offsetFields: [baseField])
            for _ in 0..<partCount {
                guard fields.next(indexSize) != nil, let offset = fields.next(sizes[0]),
                    let length = fields.next(sizes[1])
                else { return }
                let start = holder.lowerBound.addingClamped(base.addingClamped(offset))
                let end = length == 0 ? holder.upperBound : start.addingClamped(length)
                item.parts.append(start..<max(start, end))
                let lengthStart = fields.offset - sizes[1]
                item.offsetFields.append(lengthStart - sizes[0]..<lengthStart)
                item.lengthFields.append(lengthStart..<fields.offset)
            }
            // Of other files, and of what is made from items, nothing is known here.
            if file == 0, method & 15 < 2 { items[id] = item }
        }
    }

    /// What makes each part of an item a byte that is there, in terms of the box.
    func emptying(_ id: Int) -> [(offset: Int, bytes: [UInt8])] {
        guard let item = items[id] else { return [] }
        func number(_ value: UInt8, in field: Range<Int>) -> (offset: Int, bytes: [UInt8]) {
            let zeros = [UInt8](repeating: 0, count: field.count)
            return (field.lowerBound, field.isEmpty ? [] : zeros.dropLast() + [value])
        }
        return item.offsetFields.map { number(0, in: $0) }
            + item.lengthFields.map { number(1, in: $0) }
    }

    /// Whether all of an item is there, as far as is known.
    func isWhole(_ id: Int) -> Bool {
        items[id].map { item in item.parts.allSatisfy { $0.upperBound <= item.end } } ?? true
    }

    /// Whether it is known where an item lies.
    func isKnown(_ id: Int) -> Bool { items[id] != nil }

    /// The size of an item, and its first bytes, up to `count` of them; `nil` if it is not known.
    func start(
        of id: Int, count: Int, in source: any ImageSource
    ) throws(ImageError) -> (byteCount: Int, bytes: [UInt8])? {
        guard let item = items[id] else { return nil }
        var (byteCount, bytes) = (0, [UInt8]())
        for part in item.parts {
            byteCount = byteCount.addingClamped(part.count)
            if bytes.count < count {
                bytes += try source.bytes(
                    at: part.lowerBound, count: min(part.count, count - bytes.count))
            }
        }
        return (byteCount, bytes)
    }
}

/// Numbers one after the other, the highest byte first.
private struct Fields {
    let bytes: [UInt8]
    var offset: Int

    /// The next number of so many bytes, 0 of none; `nil` behind the end.
    mutating func next(_ count: Int) -> Int? {
        guard count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return Int(clamping: UInt64(bigEndian: bytes[offset..<offset + count]))
    }
}
