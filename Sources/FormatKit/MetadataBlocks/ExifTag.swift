/// The entries of an Exif block that say something of the picture as it is stored (Exif 2.32 §4.6).
package enum ExifTag {
    // Of the first directory.
    package static let imageWidth = 0x0100
    package static let imageLength = 0x0101
    package static let imageDescription = 0x010E
    package static let horizontalResolution = 0x011A
    package static let verticalResolution = 0x011B
    package static let xPosition = 0x011E
    package static let yPosition = 0x011F
    package static let resolutionUnit = 0x0128
    package static let transferFunction = 0x012D
    package static let whitePoint = 0x013E
    package static let primaryChromaticities = 0x013F
    package static let exif = 0x8769

    // Of the Exif directory.
    package static let subjectArea = 0x9214
    package static let colorSpace = 0xA001
    package static let pixelXDimension = 0xA002
    package static let pixelYDimension = 0xA003
    package static let interoperability = 0xA005
    package static let focalPlaneXResolution = 0xA20E
    package static let focalPlaneYResolution = 0xA20F
    package static let subjectLocation = 0xA214
    package static let gamma = 0xA500

    // Of the interoperability directory.
    package static let interoperabilityIndex = 0x0001
}
