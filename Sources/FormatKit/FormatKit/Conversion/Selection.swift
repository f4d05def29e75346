/// Which part of a picture is wanted, and at what size.
public struct Selection: Sendable, Equatable {
    /// The size at which the whole picture is sampled.
    public enum Scale: Sendable, Equatable {
        /// Its own.
        case native
        /// Its own, multiplied and rounded to whole pixels.
        case factor(Double)
        /// Any.
        case size(ImageSize)
    }

    /// The size at which the whole picture is sampled.
    public var scale: Scale
    /// The part wanted, in pixels of the picture at that size; all of it if `nil`.
    public var region: PixelRegion?

    /// All of a picture at its own size.
    public static let whole = Selection()

    /// Creates a selection.
    public init(scale: Scale = .native, region: PixelRegion? = nil) {
        self.scale = scale
        self.region = region
    }

    /// The size and the region that are meant for a picture of `native` size.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if the size is empty or the region does
    ///   not lie within it.
    public func resolved(
        for native: ImageSize
    ) throws(ImageError) -> (size: ImageSize, region: PixelRegion) {
        let size = try size(for: native)
        let region = region ?? PixelRegion(size)
        guard region.size.pixelCount > 0, PixelRegion(size).contains(region) else {
            throw .invalidOption(
                name: "--region", reason: "\(region) does not lie within \(size)")
        }
        return (size, region)
    }

    private func size(for native: ImageSize) throws(ImageError) -> ImageSize {
        switch scale {
        case .native: return native
        case .size(let size):
            guard size.width > 0, size.height > 0 else {
                throw .invalidOption(name: "--size", reason: "\(size) is empty")
            }
            return size
        case .factor(let factor):
            let sides = [native.width, native.height].map { (Double($0) * factor).rounded() }
            guard sides.allSatisfy({ $0 >= 1 && $0 <= 0x1p31 }) else {
                throw .invalidOption(
                    name: "--scale", reason: "\(factor) leaves no size that an image can have")
            }
            return ImageSize(width: Int(sides[0]), height: Int(sides[1]))
        }
    }
}

/// A reader that delivers any part of its picture at any size, at a cost in proportion to the
/// pixels asked for.
public protocol SelectingReader: ImageReader {
    /// Makes the reader deliver `region` of the picture sampled at `size`.
    ///
    /// The header says so from then on. To be called before the first row is read.
    ///
    /// - Throws: ``ImageError`` if the pixels or the work exceed the limits.
    /// - Precondition: `region` is not empty and lies within `size`.
    func select(_ region: PixelRegion, ofSize size: ImageSize) throws(ImageError)
}

/// Delivers a region of what another reader reads: the rest is read and dropped.
final class CroppingReader: ImageReader {
    let header: ImageHeader
    private let reader: any ImageReader
    private let region: PixelRegion
    private var nextRow = 0
    private var row: PixelBand

    init(_ reader: any ImageReader, region: PixelRegion) {
        var header = reader.header
        row = PixelBand(width: header.size.width, layout: header.layout, rowCapacity: 1)
        header.size = region.size
        self.header = header
        self.reader = reader
        self.region = region
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        while nextRow < region.rows.lowerBound { try readRow() }
        let rowCount = min(band.rowCapacity, region.rows.upperBound - nextRow)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rowCount * band.bytesPerRow)
        let pixel = header.layout.bytesPerPixel
        let range = region.columns.lowerBound * pixel..<region.columns.upperBound * pixel
        for _ in 0..<rowCount {
            try readRow()
            bytes += row.bytes[range]
        }
        unsafe band.fill(rowCount: rowCount) { unsafe $0.copyBytes(from: bytes) }
    }

    private func readRow() throws(ImageError) {
        try reader.readRows(into: &row)
        nextRow += 1
    }
}
