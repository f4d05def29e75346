internal import FormatKit
internal import ISOBoxes

/// Finds how often a sequence is shown (ISO/IEC 14496-12 §8.6.6): how often what its edit list
/// names fits into its track.
///
/// Older versions of libavif do not tell.
enum AVIFLoops {
    /// The number of loops; 0 is for ever, which is also what holds where a file says nothing.
    static func count(in source: any ImageSource) throws(ImageError) -> Int {
        let file = ISOBox(type: "", content: 0..<source.byteCount)
        guard let movie = try file.child("moov", of: source),
            let track = try movie.child("trak", of: source),
            let header = try track.child("tkhd", of: source),
            let edits = try track.child("edts", of: source)?.child("elst", of: source)
        else { return 0 }
        let list = try source.bytes(at: edits.content.lowerBound, count: 16)
        guard list.count == 16 else { return 0 }
        // Without this flag the sequence is not repeated.
        guard list[3] & 1 != 0 else { return 1 }
        let segment = list[0] == 1 ? list[8..<16] : list[8..<12]
        let whole = try duration(inTrackHeader: header, of: source)
        let part = UInt64(bigEndian: segment)
        guard let whole, part > 0 else { return 0 }
        let (count, rest) = whole.quotientAndRemainder(dividingBy: part)
        return Int(clamping: max(1, count + (rest > 0 ? 1 : 0)))
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 4 | version (1: the next times have 8 bytes each) and flags |
    /// | 4 | 4 + 4 | times of making and of the last change |
    /// | 12 | 8 | number of the track, 0 |
    /// | 20 | 4 | duration; all ones: for ever |
    private static func duration(
        inTrackHeader box: ISOBox, of source: any ImageSource
    ) throws(ImageError) -> UInt64? {
        let bytes = try source.bytes(at: box.content.lowerBound, count: 36)
        guard bytes.count == 36 else { return nil }
        let field = bytes[0] == 1 ? bytes[28..<36] : bytes[20..<24]
        return field.allSatisfy { $0 == 0xFF } ? nil : UInt64(bigEndian: field)
    }
}
