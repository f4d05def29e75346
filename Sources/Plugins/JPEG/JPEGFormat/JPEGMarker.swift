/// The second byte of a marker, after 0xFF (ITU-T T.81, table B.1).
struct JPEGMarker: RawRepresentable, Hashable {
    let rawValue: UInt8

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    static let startOfImage = JPEGMarker(rawValue: 0xD8)
    static let endOfImage = JPEGMarker(rawValue: 0xD9)
    static let startOfScan = JPEGMarker(rawValue: 0xDA)
    static let comment = JPEGMarker(rawValue: 0xFE)

    /// APPn.
    static func application(_ number: UInt8) -> JPEGMarker {
        JPEGMarker(rawValue: 0xE0 + number)
    }

    /// The number n of APPn.
    var applicationNumber: Int? {
        rawValue & 0xF0 == 0xE0 ? Int(rawValue & 0x0F) : nil
    }

    /// Whether the marker begins a frame: SOF0…SOF15 without DHT, JPG and DAC.
    var startsFrame: Bool {
        rawValue & 0xF0 == 0xC0 && ![0xC4, 0xC8, 0xCC].contains(rawValue)
    }

    /// Whether no length follows: TEM and RST0…RST7.
    var standsAlone: Bool { rawValue == 0x01 || (0xD0...0xD7).contains(rawValue) }
}

/// A marker with what it holds.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 2 | marker |
/// | 2 | 2 | 2 + n, big-endian |
/// | 4 | n | content |
struct JPEGSegment {
    let marker: JPEGMarker
    /// The offset of the first byte of the content.
    let contentOffset: Int
    let contentByteCount: Int

    /// The largest content.
    static let contentLimit = 65_533
}
