internal import FormatKit

/// Where the channels of a pixel of 16, 24 or 32 bits lie.
struct BMPMasks {
    /// Red, green, blue, and alpha if there is one.
    let channels: [Channel]

    /// Adjacent bits of a pixel.
    struct Channel: Equatable {
        let shift: Int
        let bitCount: Int

        init?(_ mask: Int) {
            shift = mask.trailingZeroBitCount
            bitCount = mask.nonzeroBitCount
            guard mask != 0, mask >> shift == 1 << bitCount - 1 else { return nil }
        }

        init(shift: Int, bitCount: Int) {
            (self.shift, self.bitCount) = (shift, bitCount)
        }

        /// The value among the bits of a pixel.
        @inline(__always)
        func value(_ pixel: UInt32) -> Int {
            Int(pixel >> UInt32(shift)) & (1 << bitCount - 1)
        }
    }

    /// Takes the masks of red, green, blue and alpha, or where there are none the usual ones.
    init(_ masks: [Int]?, bitCount: Int) throws(ImageError) {
        guard let masks else {
            // 5 bits each, or 8.
            let bits = bitCount == 16 ? 5 : 8
            channels = [2, 1, 0].map { Channel(shift: $0 * bits, bitCount: bits) }
            return
        }
        let used = masks[3] == 0 ? Array(masks[..<3]) : masks
        let found = used.compactMap(Channel.init)
        let sum = used.reduce(0, +)
        // Bits of which each has one meaning, within the pixel.
        guard found.count == used.count,
            sum.nonzeroBitCount == used.reduce(0, { $0 + $1.nonzeroBitCount }),
            sum < 1 << bitCount
        else {
            let list = masks.map { String($0, radix: 16) }.joined(separator: ", ")
            throw .unsupported(.bmp, "the masks \(list) of \(bitCount) bits (hexadecimal)")
        }
        channels = found
    }

    var hasAlpha: Bool { channels.count == 4 }

    /// The most bits of a channel.
    var bitCount: Int { channels.reduce(0) { max($0, $1.bitCount) } }

    /// Whether channels are the bytes of a pixel.
    var areBytes: Bool { channels.allSatisfy { $0.bitCount == 8 && $0.shift % 8 == 0 } }

    /// The layout of the pixels.
    var layout: PixelLayout {
        PixelLayout(.rgb, bitCount > 8 ? .uint16 : .uint8, alpha: hasAlpha ? .straight : .opaque)
    }
}
