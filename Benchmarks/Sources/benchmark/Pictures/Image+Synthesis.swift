internal import FormatKit

extension Image {
    /// A colorful pattern, for what does not depend on the picture.
    static func pattern(_ size: ImageSize) -> Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size.pixelCount * 3)
        for y in 0..<size.height {
            for x in 0..<size.width {
                bytes.append(UInt8(truncatingIfNeeded: x / 3))
                bytes.append(UInt8(truncatingIfNeeded: y / 3))
                bytes.append(UInt8(truncatingIfNeeded: (x * y) >> 10))
            }
        }
        return Image(
            header: ImageHeader(size: size, layout: PixelLayout(.rgb, .uint8)), bytes: bytes)
    }

    /// The picture with rows and columns exchanged.
    fileprivate var turned: Image {
        let size = ImageSize(width: header.size.height, height: header.size.width)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.bytes.count)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let from = offset(x: y, y: x)
                bytes += self.bytes[from..<from + header.layout.bytesPerPixel]
            }
        }
        return Image(header: ImageHeader(size: size, layout: header.layout), bytes: bytes)
    }

    /// A part of the picture.
    func cropped(columns: Range<Int>, rows: Range<Int>) -> [UInt8] {
        rows.flatMap {
            bytes[offset(x: columns.lowerBound, y: $0)..<offset(x: columns.upperBound, y: $0)]
        }
    }
}

/// A picture put together from photographs.
struct Mosaic {
    let image: Image
    /// The size of each photograph in it; at multiples of it there are edges that are no fault of
    /// a codec.
    let cell: ImageSize

    /// Fills a picture of `size` from the top left, with mirrored photographs when they start
    /// over, and cuts it off at the right and at the bottom.
    ///
    /// - Parameters:
    ///   - photographs: At least one.
    ///   - size: The size of the mosaic.
    ///   - widest: The most columns of a cell.
    init(of photographs: [Image], size: ImageSize, widest: Int = .max) {
        let cells = photographs.map {
            $0.header.size.width < $0.header.size.height ? $0.turned : $0
        }
        let cell = ImageSize(
            width: min(cells.map(\.header.size.width).min() ?? 1, widest),
            height: cells.map(\.header.size.height).min() ?? 1)
        let columnCount = (size.width + cell.width - 1) / cell.width
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size.pixelCount * 3)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let index = y / cell.height * columnCount + x / cell.width
                let isMirrored = index / cells.count % 2 == 1
                let column = isMirrored ? cell.width - 1 - x % cell.width : x % cell.width
                let source = cells[index % cells.count]
                let offset = source.offset(x: column, y: y % cell.height)
                for channel in 0..<3 { bytes.append(source.bytes[offset + channel]) }
            }
        }
        image = Image(
            header: ImageHeader(size: size, layout: PixelLayout(.rgb, .uint8)), bytes: bytes)
        self.cell = cell
    }
}
