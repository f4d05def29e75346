internal import FormatKit

/// The end of a file that says that it goes on, or whose last chunk does: if only what follows the picture
/// is not wholly there, it is left out.
enum WebPEnd {
    private static let pictures: Set<String> = ["VP8 ", "VP8L", "ANMF"]
    private static let beforePictures: Set<String> = ["VP8X", "ICCP", "ANIM", "ALPH"]
    private static let afterPictures = ["EXIF", "XMP "]

    /// Makes a file end with its last whole chunk, if nothing of the picture is missing there.
    ///
    /// - Parameters:
    ///   - file: The file, up to where it ends by its own account.
    ///   - isCut: Whether it ends before that.
    /// - Returns: What is left out, or `nil` of a file that stays as it is.
    static func mend(_ file: inout [UInt8], isCut: Bool) -> [Loss]? {
        guard let (end, losses) = cut(file, isCut: isCut) else { return nil }
        file.removeSubrange(min(end, file.count)...)
        // Chunks have an even size.
        if file.count % 2 == 1 { file.append(0) }
        let size = file.count - 8
        file.replaceSubrange(
            4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) })
        return losses
    }

    private static func cut(_ file: [UInt8], isCut: Bool) -> (end: Int, losses: [Loss])? {
        var scan = Scan()
        for chunk in WebPChunks.List(file) {
            if chunk.end > file.count {
                guard scan.hasPicture, scan.canCut(chunk.name) else { return nil }
                return (chunk.offset, losses(chunk.name))
            }
            scan.take(chunk, of: file)
        }
        // What would follow may be anything: of an animation, further frames.
        guard isCut, scan.hasPicture, !scan.isAnimated else { return nil }
        let missing = afterPictures.filter { name in
            !scan.names.contains(name) && scan.flags & (WebPChunks.metadata[name]?.flag ?? 0) != 0
        }
        let losses = missing.flatMap(losses)
        return (
            scan.end,
            losses.isEmpty
                ? [.part(of: .formatBlocks, "the end of the file is missing")] : losses
        )
    }

    private static func losses(_ name: String) -> [Loss] {
        guard let chunk = WebPChunks.metadata[name] else { return Loss.unknown("chunk", [name]) }
        let name = name == "XMP " ? "XMP" : name
        return [
            .part(
                of: chunk.kind, "the chunk \(name) is not wholly in the file, and is left out")
        ]
    }

    /// What has been seen of a file.
    private struct Scan {
        var names: Set<String> = []
        var flags: UInt8 = 0
        var end = RIFFHeader.byteCount

        var hasPicture: Bool { !names.isDisjoint(with: WebPEnd.pictures) }
        var isAnimated: Bool { flags & 0x02 != 0 }

        mutating func take(_ chunk: WebPChunks.Chunk, of file: [UInt8]) {
            names.insert(chunk.name)
            if chunk.name == "VP8X", !chunk.isEmpty { flags = file[chunk.offset + 8] }
            end = chunk.end
        }

        /// Whether nothing of the picture is missing where a chunk with this name is cut.
        func canCut(_ name: String) -> Bool {
            // Frames may follow what is unknown, but not metadata.
            isAnimated
                ? WebPEnd.afterPictures.contains(name)
                : !WebPEnd.pictures.union(WebPEnd.beforePictures).contains(name)
        }
    }
}
