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
public struct PhotoshopResources: Sendable {
    /// One resource.
    private struct Resource {
        let number: Int
        /// The resource with all its fields.
        let whole: Range<Int>
        let content: Range<Int>
    }

    /// The bytes that are walked over.
    public let bytes: [UInt8]
    /// The offset from which on the bytes are no resources, or `nil` if all are.
    public private(set) var damageOffset: Int?
    private var resources: [Resource] = []

    private static let marks = ["8BIM", "PHUT", "AgHg", "DCSR", "MeSa"].map { Array($0.utf8) }
    private static let iptcNumber = 0x0404

    /// Finds the resources in `bytes`.
    public init(_ bytes: [UInt8]) {
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
        guard marks.contains(where: { bytes[start...].starts(with: $0) }),
            let number = bytes.bigEndian(at: start + 4, count: 2),
            let nameLength = bytes.bigEndian(at: start + 6, count: 1)
        else { return nil }
        let sizeField = start + 6 + (nameLength + 2) / 2 * 2
        guard let size = bytes.bigEndian(at: sizeField, count: 4),
            size <= bytes.count - sizeField - 4
        else { return nil }
        let content = sizeField + 4..<sizeField + 4 + size
        // Some programs leave the last byte of filling out.
        let end = min(bytes.count, content.upperBound + size % 2)
        return Resource(number: number, whole: start..<end, content: content)
    }

    /// The IPTC-IIM record that is among the resources.
    public var iptc: [UInt8]? {
        resources.first { $0.number == Self.iptcNumber }.map { Array(bytes[$0.content]) }
    }

    /// The bytes without resources of some numbers, or `nil` if there are none of them.
    func removing(_ numbers: Set<Int>) -> [UInt8]? {
        let removed = resources.filter { numbers.contains($0.number) }
        guard !removed.isEmpty else { return nil }
        var result = bytes
        for resource in removed.reversed() { result.removeSubrange(resource.whole) }
        return result
    }

    /// The bytes with `record` as the only IPTC-IIM record among the resources, in the place of the
    /// one that is there or else in front; `nil` takes it out.
    public func setting(iptc record: [UInt8]?) -> [UInt8] {
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

extension ImageMetadata {
    /// The Photoshop resources to write into a format that stores the IPTC record only among them.
    ///
    /// Where the resources already hold the record, they are as they were; zeros that other formats
    /// need behind it do not count.
    public var photoshopCarryingIPTC: [UInt8]? {
        guard let iptc else { return photoshop }
        let resources = PhotoshopResources(photoshop ?? [])
        if let own = resources.iptc, Self.isEqual(own, iptc) { return photoshop }
        return resources.setting(iptc: iptc)
    }

    /// Whether two records differ by no more than zeros at the end.
    private static func isEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        let count = min(first.count, second.count)
        return first.prefix(count) == second.prefix(count)
            && first.dropFirst(count).allSatisfy { $0 == 0 }
            && second.dropFirst(count).allSatisfy { $0 == 0 }
    }
}
