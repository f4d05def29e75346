/// Formats that people have files of and no plugin may read, so that a refusal can name them.
enum ForeignFormat {
    /// How files begin, and what they are called.
    private static let signatures: [(name: String, offset: Int, bytes: [UInt8])] = [
        ("Photoshop document (PSD)", 0, Array("8BPS".utf8)),
        ("PDF", 0, Array("%PDF-".utf8)), ("DICOM", 128, Array("DICM".utf8)),
        ("DDS", 0, Array("DDS ".utf8)),
        ("SVG", 0, Array("<svg".utf8)), ("SVG or other XML", 0, Array("<?xml".utf8)),
        ("PostScript", 0, Array("%!PS".utf8)), ("FITS", 0, Array("SIMPLE  =".utf8)),
        ("Fuji raw", 0, Array("FUJIFILMCCD-RAW".utf8)), ("BPG", 0, [0x42, 0x50, 0x47, 0xFB]),
        ("XCF", 0, Array("gimp xcf".utf8)),
        ("ZIP archive", 0, [0x50, 0x4B, 3, 4]), ("gzip file", 0, [0x1F, 0x8B]),
        ("DjVu", 0, Array("AT&TFORM".utf8)), ("FLIF", 0, Array("FLIF".utf8)),
    ]
    private static let brands: [String: String] = [
        "crx ": "Canon raw (CR3)", "isom": "MP4 video", "mp42": "MP4 video",
        "mp41": "MP4 video", "qt  ": "QuickTime video",
    ]

    /// The number of bytes at the start of a file that are looked at.
    static let headByteCount = 132

    /// What a file is called, if its start is that of one of these formats.
    static func name(of head: [UInt8]) -> String? {
        if head.count >= 12, head[4..<8].elementsEqual("ftyp".utf8) {
            return name(ofBrandsIn: head)
        }
        return signatures.first { head.dropFirst($0.offset).starts(with: $0.bytes) }?.name
    }

    /// The first brand that is known, that of the file before those that it is compatible with; files
    /// that are AVIF, too, are none of these.
    private static func name(ofBrandsIn head: [UInt8]) -> String? {
        let end = min(head.count, head[..<4].reduce(0) { $0 << 8 | Int($1) })
        guard end >= 16 else { return nil }
        let found = ([8] + stride(from: 16, to: end - 3, by: 4)).map {
            String(decoding: head[$0..<$0 + 4], as: UTF8.self)
        }
        if found.contains("avif") || found.contains("avis") { return nil }
        return found.lazy.compactMap { brands[$0] }.first
    }
}
