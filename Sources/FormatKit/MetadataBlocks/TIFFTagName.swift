/// What people call the tags of TIFF files, where they have a name.
package enum TIFFTagName {
    /// A tag for people: `SubIFDs (330)`, or only its number.
    package static func text(of tag: Int) -> String {
        names[tag].map { "\($0) (\(tag))" } ?? String(tag)
    }

    /// Those that files of scanners, cameras, microscopes and maps have (TIFF 6.0, TIFF/EP, Exif 2.32, DNG
    /// 1.7, GeoTIFF 1.1, GDAL, ImageJ).
    private static let names: [Int: String] = [
        254: "NewSubfileType", 255: "SubfileType", 263: "Threshholding", 264: "CellWidth",
        265: "CellLength", 269: "DocumentName", 270: "ImageDescription", 271: "Make", 272: "Model",
        280: "MinSampleValue", 281: "MaxSampleValue", 285: "PageName", 286: "XPosition",
        287: "YPosition", 290: "GrayResponseUnit", 291: "GrayResponseCurve", 297: "PageNumber",
        301: "TransferFunction", 305: "Software", 306: "DateTime", 315: "Artist",
        316: "HostComputer", 318: "WhitePoint", 319: "PrimaryChromaticities", 321: "HalftoneHints",
        330: "SubIFDs", 333: "InkNames", 336: "DotRange", 337: "TargetPrinter",
        340: "SMinSampleValue", 341: "SMaxSampleValue", 532: "ReferenceBlackWhite", 700: "XMP",
        18246: "Rating", 18249: "RatingPercent", 32954: "DataType", 33421: "CFARepeatPatternDim",
        33422: "CFAPattern", 33423: "BatteryLevel", 33432: "Copyright", 33434: "ExposureTime",
        33437: "FNumber", 33550: "ModelPixelScale", 33628: "MetamorphUIC1", 33723: "IPTC",
        33920: "IrasBTransformationMatrix", 33922: "ModelTiepoint", 34264: "ModelTransformation",
        34377: "Photoshop", 34412: "LSMInfo", 34665: "Exif", 34675: "ICCProfile",
        34735: "GeoKeyDirectory", 34736: "GeoDoubleParams", 34737: "GeoAsciiParams",
        34850: "ExposureProgram", 34852: "SpectralSensitivity", 34853: "GPS",
        34855: "ISOSpeedRatings", 34856: "OECF", 34857: "Interlace", 34858: "TimeZoneOffset",
        34859: "SelfTimerMode", 36867: "DateTimeOriginal", 36868: "DateTimeDigitized",
        37121: "ComponentsConfiguration", 37122: "CompressedBitsPerPixel",
        37377: "ShutterSpeedValue", 37378: "ApertureValue", 37379: "BrightnessValue",
        37380: "ExposureBiasValue", 37381: "MaxApertureValue", 37382: "SubjectDistance",
        37383: "MeteringMode", 37384: "LightSource", 37385: "Flash", 37386: "FocalLength",
        37387: "FlashEnergy", 37388: "SpatialFrequencyResponse", 37389: "Noise",
        37390: "FocalPlaneXResolution", 37391: "FocalPlaneYResolution",
        37392: "FocalPlaneResolutionUnit", 37393: "ImageNumber", 37394: "SecurityClassification",
        37395: "ImageHistory", 37396: "SubjectLocation", 37397: "ExposureIndex",
        37398: "TIFFEPStandardID", 37399: "SensingMethod", 37500: "MakerNote",
        37724: "ImageSourceData", 40091: "XPTitle", 40092: "XPComment", 40093: "XPAuthor",
        40094: "XPKeywords", 40095: "XPSubject", 40965: "Interoperability", 42112: "GDAL_METADATA",
        42113: "GDAL_NODATA", 50341: "PrintIM", 50706: "DNGVersion", 50707: "DNGBackwardVersion",
        50708: "UniqueCameraModel", 50709: "LocalizedCameraModel", 50710: "CFAPlaneColor",
        50711: "CFALayout", 50712: "LinearizationTable", 50713: "BlackLevelRepeatDim",
        50714: "BlackLevel", 50715: "BlackLevelDeltaH", 50716: "BlackLevelDeltaV",
        50717: "WhiteLevel", 50718: "DefaultScale", 50719: "DefaultCropOrigin",
        50720: "DefaultCropSize", 50721: "ColorMatrix1", 50722: "ColorMatrix2",
        50723: "CameraCalibration1", 50724: "CameraCalibration2", 50725: "ReductionMatrix1",
        50726: "ReductionMatrix2", 50727: "AnalogBalance", 50728: "AsShotNeutral",
        50729: "AsShotWhiteXY", 50730: "BaselineExposure", 50731: "BaselineNoise",
        50732: "BaselineSharpness", 50733: "BayerGreenSplit", 50734: "LinearResponseLimit",
        50735: "CameraSerialNumber", 50736: "LensInfo", 50737: "ChromaBlurRadius",
        50738: "AntiAliasStrength", 50739: "ShadowScale", 50740: "DNGPrivateData",
        50741: "MakerNoteSafety", 50778: "CalibrationIlluminant1", 50779: "CalibrationIlluminant2",
        50780: "BestQualityScale", 50781: "RawDataUniqueID", 50827: "OriginalRawFileName",
        50828: "OriginalRawFileData", 50829: "ActiveArea", 50830: "MaskedAreas",
        50831: "AsShotICCProfile", 50838: "IJMetadataByteCounts", 50839: "IJMetadata",
        50844: "RPCCoefficient", 50966: "PreviewApplicationName", 50970: "PreviewColorSpace",
        50971: "PreviewDateTime", 65000: "OwnerName",
    ]
}
