internal import FormatKit

/// Collects the rows of a frame; what is at least half opaque is opaque.
struct GIFPixels {
    private(set) var pixels: [PackedColor] = []
    /// The number of pixels that were partly transparent.
    private(set) var partialCount = 0
    /// The number of transparent pixels that had a color.
    private(set) var hiddenCount = 0
    private let pixelCount: Int

    init(_ size: ImageSize) {
        pixelCount = size.pixelCount
    }

    mutating func add(_ band: PixelBand) {
        if pixels.isEmpty { pixels.reserveCapacity(pixelCount) }
        let bytes = band.filledBytes
        switch band.layout.channelCount {
        case 1: pixels += bytes.lazy.map { PackedColor(red: $0, green: $0, blue: $0) }
        case 3:
            for place in stride(from: 0, to: bytes.count, by: 3) {
                pixels.append(
                    PackedColor(
                        red: bytes[place], green: bytes[place + 1], blue: bytes[place + 2]))
            }
        default:
            for place in stride(from: 0, to: bytes.count, by: 4) { add(bytes, at: place) }
        }
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>, at place: Int) {
        let (red, green, blue) = (bytes[place], bytes[place + 1], bytes[place + 2])
        let alpha = bytes[place + 3]
        if alpha == 0, red | green | blue != 0 { hiddenCount += 1 }
        if alpha != 0, alpha != 255 { partialCount += 1 }
        pixels.append(alpha < 128 ? .none : PackedColor(red: red, green: green, blue: blue))
    }

    /// The pixels of the frame, after which the next begins.
    mutating func take() -> [PackedColor] {
        defer { pixels = [] }
        return pixels
    }
}
