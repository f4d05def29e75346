/// A color in 8 bits a channel, alpha straight.
public struct RGBAColor: Sendable, Hashable, CustomStringConvertible {
    /// Red.
    public var red: UInt8
    /// Green.
    public var green: UInt8
    /// Blue.
    public var blue: UInt8
    /// 255 is opaque.
    public var alpha: UInt8

    /// Creates a color.
    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// Whether it has no hue.
    var isGray: Bool { red == green && green == blue }

    /// White.
    public static let white = RGBAColor(red: 255, green: 255, blue: 255)

    /// The names that everybody knows, as CSS has them.
    private static let names: [String: UInt32] = [
        "black": 0, "white": 0xFFFFFF, "gray": 0x808080, "grey": 0x808080, "silver": 0xC0C0C0,
        "red": 0xFF0000, "lime": 0x00FF00, "green": 0x008000, "blue": 0x0000FF, "navy": 0x000080,
        "yellow": 0xFFFF00, "cyan": 0x00FFFF, "aqua": 0x00FFFF, "magenta": 0xFF00FF,
        "fuchsia": 0xFF00FF, "maroon": 0x800000, "olive": 0x808000, "teal": 0x008080,
        "purple": 0x800080, "orange": 0xFFA500, "pink": 0xFFC0CB, "brown": 0xA52A2A,
    ]

    /// Parses `#rrggbb`, `#rgb` or a name such as `black`.
    public init?(parsing text: String) {
        if let number = Self.names[text.lowercased()] {
            self.init(
                red: UInt8(truncatingIfNeeded: number >> 16),
                green: UInt8(truncatingIfNeeded: number >> 8),
                blue: UInt8(truncatingIfNeeded: number))
        } else if text.utf8.count == 4, text.first == "#" {
            self.init(hexadecimal: "#" + text.dropFirst().flatMap { [$0, $0] })
        } else {
            self.init(hexadecimal: text)
        }
    }

    /// Parses `#rrggbb`.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 7, text.first == "#",
            text.dropFirst().allSatisfy(\.isHexDigit),
            let number = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self.init(
            red: UInt8(truncatingIfNeeded: number >> 16),
            green: UInt8(truncatingIfNeeded: number >> 8), blue: UInt8(truncatingIfNeeded: number))
    }

    /// `white`, or the opaque part as `#rrggbb`.
    public var description: String {
        if self == .white { return "white" }
        return "#"
            + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension [RGBAColor] {
    /// The place of the darkest color, above all opaque: what pixels get whose index has no color, as other
    /// programs show black; `nil` without any.
    package var darkest: Int? {
        func light(_ index: Int) -> Int {
            let color = self[index]
            return 3 * Int(color.red) + 6 * Int(color.green) + Int(color.blue)
                + 4096 * (255 - Int(color.alpha))
        }
        return indices.min { light($0) < light($1) }
    }
}
