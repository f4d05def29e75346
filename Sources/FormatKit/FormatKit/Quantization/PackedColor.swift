/// A pixel of 8 bits a channel as the choice of a palette takes it: opaque, or without a color.
package struct PackedColor: Sendable, Hashable, Comparable {
    /// `0xFFrrggbb`, or 0.
    private let bits: UInt32

    /// A pixel without a color.
    package static let none = PackedColor(bits: 0)

    private init(bits: UInt32) {
        self.bits = bits
    }

    /// An opaque color.
    @inline(__always)
    package init(red: UInt8, green: UInt8, blue: UInt8) {
        bits = 0xFF00_0000 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }

    /// Red, from 0 to 255.
    @inline(__always)
    package var red: Int { Int(bits >> 16 & 0xFF) }

    /// Green, from 0 to 255.
    @inline(__always)
    package var green: Int { Int(bits >> 8 & 0xFF) }

    /// Blue, from 0 to 255.
    @inline(__always)
    package var blue: Int { Int(bits & 0xFF) }

    /// Whether there is a color.
    @inline(__always)
    package var isVisible: Bool { bits != 0 }

    /// The three channels in one number.
    @inline(__always)
    var code: Int { Int(bits & 0xFF_FFFF) }

    /// An order by red, then green, then blue.
    package static func < (first: PackedColor, second: PackedColor) -> Bool {
        first.bits < second.bits
    }
}
