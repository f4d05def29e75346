/// A pixel, and the table of those that were seen.
struct QOIPixel: Equatable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8
    var alpha: UInt8

    /// What comes before the first pixel.
    static let start = QOIPixel(red: 0, green: 0, blue: 0, alpha: 255)

    /// What is in a table at first.
    static let none = QOIPixel(red: 0, green: 0, blue: 0, alpha: 0)

    /// The place in a table of 64.
    var place: Int {
        (Int(red) * 3 + Int(green) * 5 + Int(blue) * 7 + Int(alpha) * 11) % 64
    }
}

/// How the next pixels are stored: by the first byte, or its upper two bits.
///
/// | byte | meaning |
/// | --- | --- |
/// | `0xFE` | red, green and blue follow |
/// | `0xFF` | red, green, blue and alpha follow |
/// | `00` | the place in the table |
/// | `01` | differences of red, green and blue from the pixel before, 2 bits each, plus 2 |
/// | `10` | that of green, 6 bits, plus 32; in a second byte how much those of red and blue differ \
/// from it, 4 bits each, plus 8 |
/// | `11` | the number of pixels like the one before, less one, 6 bits, at most 61 |
enum QOICode {
    static let rgb = UInt8(0xFE)
    static let rgba = UInt8(0xFF)
    static let place = UInt8(0x00)
    static let difference = UInt8(0x40)
    static let luma = UInt8(0x80)
    static let run = UInt8(0xC0)

    /// What ends a file.
    static let end: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]
}
