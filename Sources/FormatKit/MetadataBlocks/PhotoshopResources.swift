/// A walk over Photoshop's image resources, as far as they are well formed (Photoshop File Formats
/// Specification, "Image Resources Section").
///
/// | size | field |
/// | --- | --- |
/// | 4 | `8BIM`, or the mark of another program |
/// | 2 | number, big-endian |
/// | n | name: its length in a byte, then its letters; filled up to an even size |
/// | 4 | size of the content, big-endian |
/// | n | content, filled up to an even size |
package struct PhotoshopResources: Sendable {
    /// One resource.
    private struct Resource {
        let number: Int
        /// The resource with all its fields.
        let whole: Range<Int>
        let content: Range<Int>
    }

    /// The bytes that are walked over.
    package let bytes: [UInt8]
    /// The offset from which on the bytes are no resources, or `nil` if all are.
    package private(set) var damageOffset: Int?
    private var resources: [Resource] = []

    private static let marks = ["8BIM", "PHUT", "AgHg", "DCSR", "MeSa"].map { Array($0.utf8) }
    private static let iptcNumber = 0x0404

    /// Finds the resources in `bytes`.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var offset = 0
        while offset < bytes.count {
            guard let resource = Self.resource(at: offset, in: bytes) else {
                // What some programs fill up with at the end.
                damageOffset = bytes[offset...].allSatisfy { $0 == 0 } ? nil : offset
                return
            }
            resources.append(resource)
            offset = resource.whole.upperBound
        }
    }

    private static func resource(at start: Int, in bytes: [UInt8]) -> Resource? {
        func big(_ offset: Int, _ count: Int) -> Int? {
            ByteOrder.big.integer(bytes, at: offset, count: count)
        }
        guard marks.contains(where: { bytes[start...].starts(with: $0) }),
            let number = big(start + 4, 2),
            let nameLength = big(start + 6, 1)
        else { return nil }
        let sizeField = start + 6 + (nameLength + 2) / 2 * 2
        guard let size = big(sizeField, 4),
            size <= bytes.count - sizeField - 4
        else { return nil }
        let content = sizeField + 4..<sizeField + 4 + size
        // Some programs leave the last byte of filling out.
        let end = min(bytes.count, content.upperBound + size % 2)
        return Resource(number: number, whole: start..<end, content: content)
    }

    /// The IPTC-IIM record that is among the resources.
    package var iptc: [UInt8]? {
        resources.first { $0.number == Self.iptcNumber }.map { Array(bytes[$0.content]) }
    }

    /// The bytes without resources of some numbers, or `nil` if there are none of them.
    package func removing(_ numbers: Set<Int>) -> [UInt8]? {
        let removed = resources.filter { numbers.contains($0.number) }
        guard !removed.isEmpty else { return nil }
        var result = bytes
        for resource in removed.reversed() { result.removeSubrange(resource.whole) }
        return result
    }

    /// The bytes with `record` as the only IPTC-IIM record among the resources, in the place of the
    /// one that is there or else in front; `nil` takes it out.
    package func setting(iptc record: [UInt8]?) -> [UInt8] {
        let old = resources.filter { $0.number == Self.iptcNumber }
        var result = bytes
        for resource in old.reversed() { result.removeSubrange(resource.whole) }
        guard let record else { return result }
        var resource = Self.marks[0] + [0x04, 0x04, 0, 0]
        resource += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: record.count >> $0) }
        resource += record
        if record.count % 2 == 1 { resource.append(0) }
        result.insert(contentsOf: resource, at: old.first?.whole.lowerBound ?? 0)
        return result
    }
}
