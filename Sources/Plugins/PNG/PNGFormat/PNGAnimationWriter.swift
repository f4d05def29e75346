internal import FormatKit

/// Writes what makes an animation of a file (PNG, 3rd edition, §11.3.6).
///
/// Every frame covers the canvas and replaces what was there.
final class PNGAnimationWriter {
    /// Writes the file.
    private let encoder: PNGEncoder
    private let frameCount: Int
    /// The number of the next fcTL or fdAT.
    private var sequenceNumber = UInt32(0)
    /// Compresses the pixels of the current frame, if it is not the first.
    private var frameEncoder: PNGEncoder?

    init(encoder: PNGEncoder, frameCount: Int) {
        self.encoder = encoder
        self.frameCount = frameCount
    }

    /// Writes acTL and the first fcTL.
    func begin(_ header: ImageHeader) throws(ImageError) {
        let timing = header.animation ?? .default
        let loops = UInt32(min(timing.loopCount, Self.loopLimit))
        try encoder.writeChunk(
            .animation, UInt32(clamping: frameCount).bigEndianBytes + loops.bigEndianBytes)
        try writeControl(header)
    }

    /// 31 bits hold the number of loops.
    private static let loopLimit = Int(Int32.max)

    /// What a file cannot say of the timings of all frames.
    static func losses(of timings: [AnimationTiming]) -> [Loss] {
        guard let first = timings.first else { return [] }
        let isRounded = timings.contains { timing in
            let (numerator, denominator) = fraction(timing.duration)
            return !timing.duration.equals(Int(numerator), Int(denominator))
        }
        return first.lossOfLoops(limit: loopLimit) + first.lossOfBackground
            + (isRounded
                ? [.animation("durations of frames are rounded to what 16 bits can say")] : [])
    }

    /// Writes the fcTL of the next frame and makes an encoder whose pixels become fdAT.
    func makeEncoder(_ header: ImageHeader) throws(ImageError) -> PNGEncoder {
        try writeControl(header)
        let encoder = try PNGEncoder(
            output: PNGOutput(
                PNGFrameSink { [unowned self] (pixels) throws(ImageError) in
                    try self.encoder.writeChunk(.framePixels, nextNumber() + pixels)
                }))
        frameEncoder = encoder
        return encoder
    }

    /// Writes the last pixels of the current frame.
    func finishFrame() throws(ImageError) {
        try frameEncoder?.finish()
        frameEncoder = nil
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 4 | sequence number |
    /// | 4 | 16 | width, height, left, top |
    /// | 20 | 4 | duration: numerator and denominator, 16 bits each |
    /// | 24 | 2 | 0: the frame stays; 0: it replaces what was there |
    private func writeControl(_ header: ImageHeader) throws(ImageError) {
        let (numerator, denominator) = Self.fraction((header.animation ?? .default).duration)
        let place = [header.size.width, header.size.height, 0, 0].flatMap {
            UInt32($0).bigEndianBytes
        }
        try encoder.writeChunk(
            .frameControl,
            nextNumber() + place + numerator.bigEndianBytes + denominator.bigEndianBytes + [0, 0])
    }

    private func nextNumber() -> [UInt8] {
        defer { sequenceNumber += 1 }
        return sequenceNumber.bigEndianBytes
    }

    /// A duration in 16 bits: as it is, or in the finest decimal unit in which it fits.
    static func fraction(_ duration: FrameDuration) -> (UInt16, UInt16) {
        if let numerator = UInt16(exactly: duration.numerator),
            let denominator = UInt16(exactly: duration.denominator)
        {
            return (numerator, denominator)
        }
        for (divisor, denominator) in [(1, 1000), (10, 100), (1000, 1)] {
            if let numerator = UInt16(exactly: duration.milliseconds / divisor) {
                return (numerator, UInt16(denominator))
            }
        }
        return (.max, 1)
    }
}

/// Takes a PNG file and passes on what its IDAT chunks hold.
private final class PNGFrameSink: ImageSink {
    private let take: ([UInt8]) throws(ImageError) -> Void
    private var rest: [UInt8] = []
    private var isPastSignature = false
    private(set) var byteCount = 0

    init(_ take: @escaping ([UInt8]) throws(ImageError) -> Void) {
        self.take = take
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        precondition(offset == byteCount, "a PNG file is written in order")
        byteCount += bytes.count
        unsafe rest.append(contentsOf: bytes)
        if !isPastSignature, rest.count >= PNGStructure.signature.count {
            rest.removeFirst(PNGStructure.signature.count)
            isPastSignature = true
        }
        while isPastSignature, rest.count >= PNGChunk.overhead {
            let count = Int(rest.bigEndian32())
            guard rest.count >= PNGChunk.overhead + count else { return }
            if PNGChunkType(rawValue: rest.bigEndian32(at: 4)) == .pixels {
                try take(Array(rest[8..<8 + count]))
            }
            rest.removeFirst(PNGChunk.overhead + count)
        }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

    func commit() {}

    func discard() {}
}
