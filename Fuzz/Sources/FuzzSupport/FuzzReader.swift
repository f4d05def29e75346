import BuiltInFormats
import FormatKit

/// Decodes `count` bytes at `start` as a file of one format.
///
/// Any bytes must give an image or an ``ImageError``; they must never trap, hang, read out of
/// bounds or take memory beyond the limits.
///
/// - Parameters:
///   - format: The identity of the format; its signature need not match.
///   - start: The bytes, of which libFuzzer keeps the ownership.
///   - count: Their number.
public func fuzzReader(_ format: String, _ start: UnsafePointer<UInt8>?, _ count: Int) {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let limits = Limits(
        pixelCount: 1 << 20, memoryByteCount: 64 << 20, metadataByteCount: 1 << 20,
        frameCount: 64, multiplyAddCount: 1 << 26)
    do {
        guard let plugin = try BuiltInFormats.makeRegistry()[FormatID(format)] else { return }
        let reader = try plugin.makeReader(
            source: MemorySource(bytes), context: CodecContext(limits: limits))
        _ = try Image(reading: reader, limits: limits)
    } catch {
        // A typed error is as good an answer as an image.
    }
}
