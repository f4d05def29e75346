internal import FormatKit

/// Where the chunks of a file lie, found without reading what they hold.
///
/// libpng reads a file from start to end and would find metadata that follow the pixels, as
/// ExifTool and ImageMagick write them, too late for a header. So the chunks are found first.
///
/// The walk stops where the file no longer makes sense. What is wrong there libpng says.
struct PNGStructure {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    let size: ImageSize
    /// All chunks but IDAT, in the order of the file.
    private(set) var chunks: [PNGChunk] = []
    /// The offset of the first IDAT.
    private(set) var pixelOffset: Int?
    /// Where the walk stopped: the end of IEND if all went well.
    private(set) var end = Self.signature.count
    private(set) var isComplete = false
    /// What is missing behind the last pixels, if the file ends or goes wrong there.
    private(set) var damage: Loss?

    /// More chunks than any tool writes; a bound for the memory of ``chunks``.
    private static let chunkCountLimit = 1 << 16

    /// Walks through a file, and checks its size against the limits.
    init(of source: any ImageSource, context: CodecContext) throws(ImageError) {
        size = try Self.headerSize(of: source)
        try context.limits.check(size)
        var visitCount = 0
        var hasCutPixels = false
        while !isComplete, !hasCutPixels, let chunk = try Self.chunk(at: end, of: source) {
            if chunk.type == .pixels { pixelOffset = pixelOffset ?? chunk.offset }
            guard chunk.end <= source.byteCount else {
                // Of pixels libpng delivers what there is; for others it would take all the
                // memory that they claim, just to say this.
                hasCutPixels = chunk.type == .pixels
                if hasCutPixels { continue }
                guard pixelOffset != nil, !chunk.type.isCritical || chunk.type == .end else {
                    throw .truncated(
                        .png, "the file ends inside chunk \(chunk.type)", offset: source.byteCount)
                }
                damage = Self.loss(of: chunk)
                return
            }
            if chunk.type != .pixels {
                guard chunk.type.isKnownOrAncillary else {
                    throw .unsupported(.png, "critical chunk \(chunk.type)")
                }
                chunks.append(chunk)
            }
            guard chunks.count <= Self.chunkCountLimit else {
                throw .unsupported(.png, "more than \(Self.chunkCountLimit) chunks besides IDAT")
            }
            end = chunk.end
            isComplete = chunk.type == .end
            visitCount += 1
            if visitCount % 4096 == 0 { try context.checkCancellation() }
        }
        guard !isComplete, !hasCutPixels, pixelOffset != nil else { return }
        damage = .part(
            of: .formatBlocks,
            end + 8 > source.byteCount
                ? "the file ends without its last chunk (IEND)"
                : "what follows the pixels is no chunk and is left out")
    }

    /// What a chunk behind the pixels says, whose end is missing.
    private static func loss(of chunk: PNGChunk) -> Loss {
        let kind: MetadataKind =
            chunk.type.isText ? .texts : chunk.type == .exif ? .exif : .formatBlocks
        return .part(of: kind, "the file ends inside chunk \(chunk.type), which is left out")
    }

    /// Whether a chunk lies after the first pixels.
    func isLate(_ chunk: PNGChunk) -> Bool {
        pixelOffset.map { chunk.offset > $0 } ?? false
    }

    /// The chunk at `offset`, unless its head is cut off or impossible.
    private static func chunk(
        at offset: Int, of source: any ImageSource
    ) throws(ImageError) -> PNGChunk? {
        let head = try source.bytes(at: offset, count: 8)
        guard head.count == 8 else { return nil }
        let type = PNGChunkType(rawValue: head.bigEndian32(at: 4))
        let byteCount = head.bigEndian32()
        guard type.isValid, byteCount <= UInt32(Int32.max) else { return nil }
        return PNGChunk(type: type, offset: offset, contentByteCount: Int(byteCount))
    }

    /// The size that IHDR, which must come first, declares.
    private static func headerSize(of source: any ImageSource) throws(ImageError) -> ImageSize {
        let head = try source.bytes(at: 0, count: 24)
        guard head.prefix(8).elementsEqual(signature.prefix(head.count)) else {
            throw .malformed(.png, "expected the PNG signature", offset: 0)
        }
        guard head.count == 24 else {
            throw .truncated(.png, "the file ends inside its header", offset: head.count)
        }
        let type = PNGChunkType(rawValue: head.bigEndian32(at: 12))
        if type == .appleHeader {
            throw .unsupported(.png, "the CgBI variant of Apple's developer tools")
        }
        guard type == .header, head.bigEndian32(at: 8) == 13 else {
            throw .malformed(.png, "expected an IHDR chunk of 13 bytes", offset: 8)
        }
        let (width, height) = (head.bigEndian32(at: 16), head.bigEndian32(at: 20))
        let range = 1...UInt32(Int32.max)
        guard range.contains(width), range.contains(height) else {
            throw .malformed(
                .png, "size \(width)x\(height), expected 1 to 2147483647 each", offset: 16)
        }
        return ImageSize(width: Int(width), height: Int(height))
    }
}
