import FormatKit

extension FormatID {
    /// The identity of this format.
    static let tiff = FormatID("tiff")
}

/// The tags that this plugin reads or writes by itself (TIFF 6.0, Exif 2.32 §4.6).
enum TIFFTag {
    static let newSubfileType = 254
    static let subfileType = 255
    static let imageWidth = 256
    static let imageLength = 257
    static let bitsPerSample = 258
    static let compression = 259
    static let stripOffsets = 273
    static let orientation = 274
    static let samplesPerPixel = 277
    static let planarConfiguration = 284
    static let horizontalResolution = 282
    static let verticalResolution = 283
    static let resolutionUnit = 296
    static let tileOffsets = 324
    static let subdirectories = 330
    /// Where the data of old-style JPEG lie.
    static let interchangeFormat = 513
    static let xmp = 700
    static let iptc = 33723
    static let photoshop = 34377
    static let icc = 34675
    static let exif = 34665
    static let gps = 34853
    static let interoperability = 40965
    static let lercParameters = 50674

    /// Tags that describe the picture for people and programs.
    ///
    /// Of themselves they make an Exif block worth having. They are ImageDescription, Make, Model,
    /// DateTime, Artist, Rating, RatingPercent, Copyright, the `XP` texts of Windows, PrintIM.
    static let descriptive: Set<Int> = [
        270, 271, 272, 306, 315, 18246, 18249, 33432, 40091, 40092, 40093, 40094, 40095, 50341,
    ]

    /// Tags that say where on earth the pixels lie, and what GDAL adds to them (GeoTIFF 1.1
    /// annex B, and the older Intergraph and JPL matrices).
    static let geographic: Set<Int> = [
        33550, 33920, 33922, 34264, 34735, 34736, 34737, 42112, 42113,
    ]

    /// Tags of the page for which an Exif block has a place, too: DocumentName, PageName, XPosition,
    /// YPosition, TransferFunction, Software, HostComputer, WhitePoint, PrimaryChromaticities.
    static let accompanying: Set<Int> = [269, 285, 286, 287, 301, 305, 316, 318, 319]
    static let pageNumber = 297
    static let whitePoint = 318
    static let primaryChromaticities = 319

    /// Tags that say how the samples are stored, or that are carried by other means.
    ///
    /// ``SampleTag`` has those that say something of the picture, too.
    static let structural: Set<Int> = Set(254...268).union(273...279).union(282...284)
        .union(288...293).union([296, 297, 317, 320, 322, 323, 324, 325, 326, 327, 328])
        .union([332, 334, 338, 339, 347]).union(512...521)
        .union(529...531).union(32995...32998)
        .union([xmp, icc, exif, gps, iptc, photoshop, orientation, resolutionUnit, 65535])
        .union([lercParameters])
        .subtracting(SampleTag.all)

    /// The tags that libtiff needs to decode samples: those that say how they are stored, and what is
    /// black and white in YCbCr.
    static let decoding: Set<Int> =
        structural
        .subtracting([xmp, icc, exif, gps, iptc, photoshop, orientation, resolutionUnit])
        .union([SampleTag.referenceBlackWhite])

    /// Those of ``decoding`` without which there is no picture: what is wrong with them is an
    /// error.
    static let indispensable: Set<Int> = [
        imageWidth, imageLength, bitsPerSample, 259, 262, 273, 277, 279, 284, 320, 322, 323, 324,
        325, 347,
    ]

    /// Tags of a page that lead to or hold what is to be seen, and what that is: it is no metadata.
    static let pictures = [
        subdirectories: "which leads to further pictures", imageSourceData: "which holds layers",
    ]
    static let imageSourceData = 37724

    /// Whether a tag of a page belongs to an Exif block's first directory.
    static func isOfExif(_ tag: Int) -> Bool {
        descriptive.contains(tag) || accompanying.contains(tag) || tag == pageNumber
    }

    /// The tags whose value is the place of another directory, by the directory they lie in.
    static func pointers(in parent: Int?) -> Set<Int> {
        switch parent {
        case nil: [exif, gps]
        case exif: [interoperability]
        default: []
        }
    }
}
