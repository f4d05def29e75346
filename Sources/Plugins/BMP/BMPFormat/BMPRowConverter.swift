internal import FormatKit

/// Turns rows of a file into pixels.
final class BMPRowConverter {
    let layout: PixelLayout
    let significantBits: Int
    let storage: SampleStorage?
    private let file: BMPHeader
    private let width: Int
    /// Of each color of the table, its samples.
    private let inks: [UInt8]
    /// Where those of the darkest are, for pixels whose color the table does not have.
    private let darkest: Int
    private var hasUnknownColor = false
    /// Of each channel, the sample for each value.
    private let scales: [[UInt16]]
    /// The bytes of pixels of which nothing is said, all bits that are in one of them and all that
    /// are in each of them.
    private var (anyUnused, everyUnused) = (UInt8(0), UInt8(255))

    init(_ file: BMPHeader) {
        self.file = file
        width = file.size.width
        if let masks = file.masks {
            layout = masks.layout
            significantBits = min(masks.bitCount, 16)
            storage = nil
            inks = []
            darkest = 0
            let full = masks.bitCount > 8 ? 65_535 : 255
            scales = masks.channels.map { channel in
                guard channel.bitCount < 17 else { return [] }
                let maximum = 1 << channel.bitCount - 1
                return (0...maximum).map { UInt16(($0 * full + maximum / 2) / maximum) }
            }
        } else {
            let colors = file.colors
            let isGray = colors.allSatisfy { $0.red == $0.green && $0.green == $0.blue }
            let bits = SampleStorage.bitCount(holding: colors.map(\.red))
            layout = PixelLayout(isGray ? .gray : .rgb, .uint8)
            significantBits = isGray ? bits : 8
            storage =
                isGray
                ? bits < 8 ? .packedGray(bitCount: bits) : nil
                : .palette(Palette(colors, indexBitCount: file.bitCount))
            inks = colors.flatMap { isGray ? [$0.red] : [$0.red, $0.green, $0.blue] }
            darkest = (colors.darkest ?? 0) * layout.channelCount
            scales = []
        }
    }

    /// What is lost of channels that have more bits than a sample.
    var losses: [Loss] {
        guard let bitCount = file.masks?.bitCount, bitCount > 16 else { return [] }
        return [.bitDepth(from: bitCount, to: 16)]
    }

    /// Converts a row of the file.
    func convert(_ bytes: [UInt8], into target: UnsafeMutableRawBufferPointer) {
        if file.masks == nil {
            let indices = file.bitCount == 8 ? bytes[..<width] : unpacked(bytes)[...]
            unsafe convert(indices: indices, into: target)
        } else if let masks = file.masks, masks.areBytes {
            unsafe convert(bytes, of: masks, into: target)
        } else if let masks = file.masks {
            unsafe convert(values: bytes, of: masks, into: target)
        }
    }

    /// The indices of a row of fewer than 8 bits, the highest first.
    private func unpacked(_ bytes: [UInt8]) -> [UInt8] {
        let perByte = 8 / file.bitCount
        let mask = UInt8(1 << file.bitCount - 1)
        return (0..<width).map { column in
            let shift = 8 - file.bitCount * (column % perByte + 1)
            return bytes[column / perByte] >> UInt8(shift) & mask
        }
    }

    /// Converts indices.
    func convert(indices: ArraySlice<UInt8>, into target: UnsafeMutableRawBufferPointer) {
        let channelCount = layout.channelCount
        var place = 0
        for index in indices {
            var start = Int(index) * channelCount
            if start >= inks.count { (start, hasUnknownColor) = (darkest, true) }
            for channel in 0..<channelCount {
                unsafe target[place + channel] = inks[start + channel]
            }
            place += channelCount
        }
    }

    /// Converts pixels of 24 and 32 bits whose channels are bytes.
    private func convert(
        _ bytes: [UInt8], of masks: BMPMasks, into target: UnsafeMutableRawBufferPointer
    ) {
        let size = file.bitCount / 8
        let places = masks.channels.map { $0.shift / 8 }
        let unused = size == 4 && !masks.hasAlpha ? 6 - places.reduce(0, +) : nil
        var place = 0
        for pixel in stride(from: 0, to: width * size, by: size) {
            for channel in places {
                unsafe target[place] = bytes[pixel + channel]
                place += 1
            }
            if let unused {
                anyUnused |= bytes[pixel + unused]
                everyUnused &= bytes[pixel + unused]
            }
        }
    }

    /// Converts pixels of 16 and 32 bits whose channels have other numbers of bits.
    private func convert(
        values bytes: [UInt8], of masks: BMPMasks, into target: UnsafeMutableRawBufferPointer
    ) {
        let size = file.bitCount / 8
        var place = 0
        for pixel in stride(from: 0, to: width * size, by: size) {
            let bits = UInt32(
                size == 2 ? bytes.word16(at: pixel) : bytes.word32(at: pixel))
            for (channel, scale) in zip(masks.channels, scales) {
                let value = channel.value(bits)
                // Channels of more than 16 bits lose some.
                let sample = scale.isEmpty ? UInt16(value >> (channel.bitCount - 16)) : scale[value]
                if layout.sample == .uint8 {
                    unsafe target[place] = UInt8(truncatingIfNeeded: sample)
                    place += 1
                } else {
                    unsafe target.storeBytes(of: sample, toByteOffset: place, as: UInt16.self)
                    place += 2
                }
            }
        }
    }

    /// Tells of colors that are made up, and of a channel that was there, whatever it means: bytes that are
    /// neither all 0 nor all 255.
    func tell(_ context: CodecContext) {
        if hasUnknownColor { context.lose(.colorsBeyond(paletteOf: file.colors.count)) }
        let isFilling = anyUnused == 0 || everyUnused == 255
        if !isFilling { context.lose(.channels(1)) }
    }
}
