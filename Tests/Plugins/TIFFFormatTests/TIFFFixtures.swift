import FormatKit
import Synchronization
import TestSupport

@testable import TIFFFormat

/// Decodes a TIFF file, in bands of a few rows if asked to.
func decode(
    _ bytes: [UInt8], limits: Limits = .default, warnings: WarningLog = WarningLog(),
    losses: LossNotes = LossNotes(), bandRows: Int? = nil
) throws -> Image {
    var context = warnings.context(limits: limits)
    context.lose = losses.add
    guard let bandRows else {
        return try Image(decoding: bytes, as: TIFFPlugin(), context: context)
    }
    let reader = try TIFFPlugin().makeReader(source: MemorySource(bytes), context: context)
    let header = reader.header
    var pixels: [UInt8] = []
    var band = PixelBand(width: header.size.width, layout: header.layout, rowCapacity: bandRows)
    while pixels.count < header.size.height * header.layout.bytesPerRow(width: header.size.width) {
        try reader.readRows(into: &band)
        pixels += band.filledBytes
    }
    return Image(header: header, bytes: pixels)
}

/// Encodes an image as TIFF.
func encode(
    _ image: Image, _ options: [String: String] = [:], quality: Double? = nil,
    isLossless: Bool = false, effort: Int? = nil, warnings: WarningLog = WarningLog(),
    bandRows: Int? = nil
) throws -> [UInt8] {
    try image.encoded(
        by: TIFFPlugin(),
        settings: WriteSettings(
            for: TIFFPlugin(), quality: quality, isLossless: isLossless, effort: effort,
            options: options),
        context: warnings.context(), rowsPerBand: bandRows ?? image.header.size.height)
}

/// An image with smooth and random parts.
func testImage(
    _ layout: PixelLayout, width: Int = 45, height: Int = 37, seed: UInt64 = 1,
    metadata: ImageMetadata = ImageMetadata()
) -> Image {
    var random = SplitMix64(seed: seed)
    let rowByteCount = layout.bytesPerRow(width: width)
    var bytes: [UInt8] = []
    for y in 0..<height {
        let isRandom = y % 3 == 0
        bytes +=
            isRandom
            ? random.bytes(rowByteCount) : (0..<rowByteCount).map { UInt8(($0 + y) & 0xFF) }
    }
    return Image(
        header: ImageHeader(
            size: ImageSize(width: width, height: height), layout: layout, metadata: metadata),
        bytes: bytes)
}

/// All layouts that TIFF stores, in a fixed order.
let storedLayouts: [PixelLayout] =
    (TIFFPlugin().descriptor.write?.layouts ?? []).sorted { $0.description < $1.description }

/// Collects what turns out to be missing while pixels are decoded.
final class LossNotes: Sendable {
    private let notes = Mutex<[Loss]>([])

    /// The number of rows that were made up.
    var rowCount: Int {
        notes.withLock { losses in
            losses.reduce(0) { if case .rows(let count) = $1 { $0 + count } else { $0 } }
        }
    }

    /// What was lost so far.
    var losses: [Loss] { notes.withLock { $0 } }

    func add(_ loss: Loss) { notes.withLock { $0.append(loss) } }
}
