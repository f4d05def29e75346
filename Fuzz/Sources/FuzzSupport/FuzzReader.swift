import BuiltInFormats
import CoinFormat
@testable import FormatKit

/// The formats, or none if their list is wrong, which other tests find.
private let registry = try? BuiltInFormats.makeRegistry()

/// What a reader of arbitrary bytes may take: little, so that many inputs fit into a second.
public let fuzzLimits = Limits(
    pixelCount: 1 << 20, memoryByteCount: 64 << 20, metadataByteCount: 1 << 20,
    frameCount: 64)

/// What a reader of arbitrary bytes may use.
private var fuzzContext: CodecContext {
    var context = CodecContext(limits: fuzzLimits)
    context.multiplyAddLimit = 1 << 26
    return context
}

/// Decodes `count` bytes at `start` as a file of one format.
///
/// - Parameters:
///   - format: The identity of the format; its signature need not match.
///   - start: The bytes, of which libFuzzer keeps the ownership.
///   - count: Their number.
public func fuzzReader(_ format: String, _ start: UnsafePointer<UInt8>?, _ count: Int) {
    fuzzReader(format, Array(UnsafeBufferPointer(start: start, count: count)))
}

/// Decodes a file of one format: all its pages or frames, some of them twice, and parts of it.
///
/// Any bytes must give images or ``ImageError``s; they must never trap, hang, read out of bounds
/// or take memory beyond the limits.
///
/// - Returns: The number of images.
@discardableResult
public func fuzzReader(_ format: String, _ bytes: [UInt8]) -> Int {
    guard let plugin = registry?[FormatID(format)],
        let reader = try? plugin.makeReader(
            source: MemorySource(bytes), context: fuzzContext)
    else { return 0 }
    var imageCount = read(reader) ? 1 : 0
    if let pages = reader as? any MultiImageReader {
        // There and back, and again after whatever went wrong.
        let last = min(reader.header.frameCount, 16) - 1
        for index in Array(0...max(last, 0)) + [max(last, 0), 0] {
            guard index < pages.header.frameCount, (try? pages.selectPage(index)) != nil
            else { continue }
            imageCount += read(pages) ? 1 : 0
        }
    }
    if let streaming = reader as? any StreamReader, let plugin = plugin as? any StreamPlugin {
        edit(bytes, streaming, by: plugin)
    }
    if let selecting = reader as? any SelectingReader {
        let size = selecting.header.size
        let part = ImageSize(width: (size.width + 1) / 2, height: (size.height + 1) / 2)
        if (try? selecting.select(PixelRegion(part), ofSize: size)) != nil {
            imageCount += read(selecting) ? 1 : 0
        }
    }
    return imageCount
}

/// Edits a file that is its own stream, sound or not: as it stands, upside down, and on its side.
private func edit(_ bytes: [UInt8], _ reader: any StreamReader, by plugin: any StreamPlugin) {
    let id = plugin.descriptor.id
    guard let stream = reader.stream, stream.format == id,
        plugin.descriptor.write?.streams.contains(where: { $0.format == id && $0.isEditable })
            == true
    else { return }
    let context = CodecContext(limits: fuzzLimits)
    for turning in [Orientation.up, .down, .right]
    where turning == .up || stream.turns?.orientations.contains(turning) == true {
        var header = reader.header
        header.size = turning.uprightSize(of: header.size)
        let sink = MemorySink()
        let edit = StreamEdit(turning: turning)
        guard
            (try? plugin.edit(bytes, edit, of: header, to: sink, context: context)) != nil
        else { continue }
        _ = try? plugin.difference(of: sink.bytes, from: bytes, after: edit, context: context)
    }
}

/// Whether an image can be read; a reader that has failed must say so again, not trap.
private func read(_ reader: any ImageReader) -> Bool {
    if (try? Image(reading: reader, limits: fuzzLimits)) != nil { return true }
    let header = reader.header
    guard header.size.pixelCount <= fuzzLimits.pixelCount, header.size.width > 0 else {
        return false
    }
    var band = PixelBand(width: header.size.width, layout: header.layout, rowCapacity: 1)
    try? reader.readRows(into: &band)
    return false
}
