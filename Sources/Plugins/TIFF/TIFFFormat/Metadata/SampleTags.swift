import CTIFFShim
import FormatKit
import MetadataBlocks

/// Tags of a page that say how its samples came about, how far they go or how they are printed, for
/// which no other format has a place (TIFF 6.0 §8, 12, 16, 17, 20).
///
/// They are carried from TIFF to TIFF while samples stay as they are, and named where they cannot be.
enum SampleTag {
    static let threshholding = 263
    static let cellWidth = 264
    static let cellLength = 265
    static let minSampleValue = 280
    static let maxSampleValue = 281
    static let grayResponseUnit = 290
    static let grayResponseCurve = 291
    static let halftoneHints = 321
    static let inkNames = 333
    static let dotRange = 336
    static let targetPrinter = 337
    static let sMinSampleValue = 340
    static let sMaxSampleValue = 341
    static let referenceBlackWhite = 532

    /// Those that hold for any part of a picture.
    static let ofAnyPart: Set<Int> = [
        threshholding, cellWidth, cellLength, grayResponseUnit, grayResponseCurve, halftoneHints,
        inkNames, dotRange, targetPrinter, referenceBlackWhite,
    ]
    /// The smallest and the largest samples, of a picture as a whole.
    static let ofWhole: Set<Int> = [
        minSampleValue, maxSampleValue, sMinSampleValue, sMaxSampleValue,
    ]
    static let all = ofAnyPart.union(ofWhole)
}

extension MetadataReading {
    /// The tags of samples that say something, as blocks that only TIFF takes.
    ///
    /// - Parameters:
    ///   - fields: How samples are stored.
    ///   - areDelivered: Whether samples are delivered as they are stored; else the tags are lost.
    ///   - size: The size of the picture.
    /// - Returns: The blocks.
    /// - Throws: ``ImageError`` if the file cannot be read, or tags exceed the limits.
    mutating func sampleBlocks(
        _ fields: ctiff_layout, areDelivered: Bool, size: ImageSize
    ) throws(ImageError) -> [FormatBlock] {
        var spoken: Set<Int> = []
        for tag in SampleTag.all where directory[tag] != nil {
            if try !saysNothing(tag, fields) { spoken.insert(tag) }
        }
        guard areDelivered else {
            leaveOut(Loss.unknown("tag", spoken.sorted().map(TIFFTagName.text)))
            return []
        }
        var blocks: [FormatBlock] = []
        for (tags, size) in [(SampleTag.ofAnyPart, nil), (SampleTag.ofWhole, size)] {
            let tags = tags.intersection(spoken)
            guard let block = try structure(.formatBlocks, tags.contains) else { continue }
            let name = tags.sorted().map { "tag \($0)" }.joined(separator: ", ")
            blocks.append(FormatBlock(.tiff, name, block, dependsOnSamples: true, size: size))
        }
        return blocks
    }

    /// Whether a tag says only what holds without it, or nothing of samples of such a kind.
    private func saysNothing(
        _ tag: Int, _ fields: ctiff_layout
    ) throws(ImageError) -> Bool {
        let isUnsigned = fields.sample_format == 1 || fields.sample_format == 4
        let isSigned = fields.sample_format == 2
        let bits = Int(fields.bits_per_sample)
        guard (1...32).contains(bits) else { return false }
        let half = Double(1 << (bits - 1))
        let values = try numbers(tag) ?? []
        func areAll(_ value: Double) -> Bool {
            !values.isEmpty && values.allSatisfy { $0 == value }
        }
        // Black and white, in turn, are the least and the most that samples can be.
        let isFullRange =
            values.count > 1
            && values.enumerated().allSatisfy {
                $1 == ($0.isMultiple(of: 2) ? 0 : 2 * half - 1)
            }
        switch tag {
        // Of pictures that are not dithered, cells have no size.
        case SampleTag.threshholding, SampleTag.cellWidth, SampleTag.cellLength:
            return try directory.integer(SampleTag.threshholding, in: source) == 1
        case SampleTag.minSampleValue: return isUnsigned && areAll(0)
        case SampleTag.maxSampleValue: return isUnsigned && areAll(2 * half - 1)
        case SampleTag.sMinSampleValue:
            return isUnsigned && areAll(0) || isSigned && areAll(-half)
        case SampleTag.sMaxSampleValue:
            return isUnsigned && areAll(2 * half - 1) || isSigned && areAll(half - 1)
        case SampleTag.grayResponseUnit, SampleTag.grayResponseCurve:
            return fields.photometric > 1 || directory[SampleTag.grayResponseCurve] == nil
        case SampleTag.inkNames: return fields.photometric != 5
        case SampleTag.dotRange: return fields.photometric != 5 || isFullRange
        // Of YCbCr, the decoder makes use of it.
        case SampleTag.referenceBlackWhite:
            return fields.photometric == 6 || isFullRange
        default: return directory[tag]?.count == 0
        }
    }
}
