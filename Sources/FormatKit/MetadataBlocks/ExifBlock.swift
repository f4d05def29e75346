/// The start of an Exif block.
package enum ExifBlock {
    /// Whether bytes begin as a TIFF structure does.
    package static func begins(_ bytes: some Collection<UInt8>) -> Bool {
        [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A]].contains(Array(bytes.prefix(4)))
    }

    /// The block without the six bytes that belong to one format and that some writers leave on in
    /// others.
    package static func removingPrefix(from exif: [UInt8]) -> [UInt8] {
        exif.starts(with: prefix) ? Array(exif.dropFirst(prefix.count)) : exif
    }

    /// Which belong to JPEG.
    package static let prefix = Array("Exif\0\0".utf8)

    /// A block that says nothing but one number.
    package static func minimal(_ tag: Int, short value: Int) -> [UInt8] {
        [0x49, 0x49, 0x2A, 0x00, 8, 0, 0, 0, 1, 0]
            + [UInt8(tag & 0xFF), UInt8(tag >> 8), 3, 0, 1, 0, 0, 0]
            + [UInt8(value & 0xFF), UInt8(value >> 8), 0, 0] + [0, 0, 0, 0]
    }
}
