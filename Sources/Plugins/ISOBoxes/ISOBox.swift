package import FormatKit

/// A box of a file and where its content lies (ISO/IEC 14496-12 §4.2).
package struct ISOBox: Sendable {
    /// Four characters.
    package let type: String
    /// Where the content lies in the file.
    package let content: Range<Int>

    /// A box that was found, or the whole of a file.
    package init(type: String, content: Range<Int>) {
        self.type = type
        self.content = content
    }

    /// More boxes than any tool writes in one, or before the pixels of a file.
    package static let countLimit = 4096

    /// The boxes in this one, from a distance into it on, up to where it makes no sense.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - count: The distance, in bytes.
    ///   - isClamping: Whether a box that says that it goes on behind this one ends with it.
    /// - Returns: The boxes.
    /// - Throws: ``ImageError`` if the file cannot be read.
    package func children(
        of source: any ImageSource, skipping count: Int = 0, clamping isClamping: Bool = false
    ) throws(ImageError) -> [ISOBox] {
        var boxes: [ISOBox] = []
        var offset = content.lowerBound + count
        let end = content.upperBound
        while offset < end, boxes.count < Self.countLimit,
            let box = try ISOBox(at: offset, before: end, of: source, clamping: isClamping)
        {
            boxes.append(box)
            offset = box.content.upperBound
        }
        return boxes
    }

    /// The first box of a type in this one.
    package func child(
        _ type: String, of source: any ImageSource, skipping count: Int = 0
    ) throws(ImageError) -> ISOBox? {
        try children(of: source, skipping: count).first { $0.type == type }
    }

    /// The content, if it is not larger than any that is of use here.
    package func bytes(of source: any ImageSource) throws(ImageError) -> [UInt8] {
        try source.bytes(at: content.lowerBound, count: min(content.count, 1 << 20))
    }

    /// Reads the head of a box; `nil` where it makes no sense.
    ///
    /// - Parameters:
    ///   - offset: Where the box begins.
    ///   - end: Where what it is in ends.
    ///   - source: The file.
    ///   - isClamping: Whether a box that says that it goes on behind `end` ends there.
    /// - Throws: ``ImageError`` if the file cannot be read.
    package init?(
        at offset: Int, before end: Int, of source: any ImageSource,
        clamping isClamping: Bool = false
    ) throws(ImageError) {
        let bytes = try source.bytes(at: offset, count: ISOBoxHead.maximumByteCount)
        guard let head = ISOBoxHead(bytes) else { return nil }
        let left = end - offset
        var count = head.size.map { Int(clamping: $0) } ?? left
        if isClamping { count = min(count, left) }
        guard left >= head.byteCount, (head.byteCount...left).contains(count) else { return nil }
        type = head.type
        content = offset + head.byteCount..<offset + count
    }
}

/// The first bytes of a box (ISO/IEC 14496-12 §4.2).
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | size of the box; 1 if it follows the type, 0 if the box is the last |
/// | 4 | 4 | type |
/// | 8 | 8 | size of the box, if it does not fit into 4 bytes |
struct ISOBoxHead {
    /// Four characters.
    let type: String
    /// The size of the box, its head with it; `nil` where it ends with what it is in.
    let size: UInt64?
    /// The size of the head, in bytes.
    let byteCount: Int

    /// The size of the longest head, in bytes.
    static let maximumByteCount = 16

    /// Takes the bytes from the start of a box on; `nil` where there are too few of them.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        type = String(latin1: bytes[4..<8])
        let size = UInt64(bigEndian: bytes[..<4])
        if size == 1 {
            guard bytes.count >= 16 else { return nil }
            (self.size, byteCount) = (UInt64(bigEndian: bytes[8..<16]), 16)
        } else {
            (self.size, byteCount) = (size == 0 ? nil : size, 8)
        }
    }
}

extension UInt64 {
    /// The number in up to eight bytes.
    package init(bigEndian bytes: ArraySlice<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
