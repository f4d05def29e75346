/// The entries of an Exif block that say something of the picture as it is stored (Exif 2.32 §4.6).
enum ExifTag {
    // Of the first directory.
    static let imageWidth = 0x0100
    static let imageLength = 0x0101
    static let imageDescription = 0x010E
    static let horizontalResolution = 0x011A
    static let verticalResolution = 0x011B
    static let xPosition = 0x011E
    static let yPosition = 0x011F
    static let resolutionUnit = 0x0128
    static let transferFunction = 0x012D
    static let whitePoint = 0x013E
    static let primaryChromaticities = 0x013F
    static let exif = 0x8769

    // Of the Exif directory.
    static let subjectArea = 0x9214
    static let colorSpace = 0xA001
    static let pixelXDimension = 0xA002
    static let pixelYDimension = 0xA003
    static let interoperability = 0xA005
    static let focalPlaneXResolution = 0xA20E
    static let focalPlaneYResolution = 0xA20F
    static let subjectLocation = 0xA214
    static let gamma = 0xA500

    // Of the interoperability directory.
    static let interoperabilityIndex = 0x0001
}
