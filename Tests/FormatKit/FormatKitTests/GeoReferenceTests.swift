import MetadataBlocks
import TestSupport
import Testing

@testable import FormatKit

/// Every pixel lies where it did on earth after the picture has been changed.
@Suite struct GeoReferenceTests {
    private static let size = ImageSize(width: 40, height: 30)

    /// A way to say where pixels lie.
    struct Form: Sendable {
        let scale: [Double]?
        let tiepoints: [Double]?
        let matrix: [Double]?
    }

    private static let forms = [
        Form(scale: [10, 20, 0], tiepoints: [0, 0, 0, 1000, 2000, 0], matrix: nil),
        Form(scale: [0.5, 0.25, 1], tiepoints: [7, 9, 0, -3, 4, 5], matrix: nil),
        Form(
            scale: nil, tiepoints: nil,
            matrix: [3, 4, 0, 100, 5, -6, 0, 200, 0, 0, 1, 0, 0, 0, 0, 1]),
        Form(
            scale: nil,
            tiepoints: [0, 0, 0, 100, 200, 0, 40, 0, 0, 300, 210, 0, 0, 30, 0, 90, 40, 0],
            matrix: nil),
    ]

    private static let changes: [PictureChange] =
        [
            .cropped(PixelRegion(columns: 16..<40, rows: 5..<30), of: size),
            .resampled(from: size, to: ImageSize(width: 20, height: 90)),
        ] + Orientation.allCases.dropFirst().map { .turned($0, of: size) }

    /// The place on earth of a place in a picture, by whatever a block says.
    private func place(_ x: Double, _ y: Double, _ geotiff: [UInt8]) throws -> [Double] {
        let block = try #require(TIFFBlock(geotiff))
        let directory = try #require(block.first)
        func values(_ tag: Int) -> [Double]? {
            block.entry(tag, in: directory).flatMap(block.numbers(of:))
        }
        if let matrix = values(34264) {
            return [0, 4].map { matrix[$0] * x + matrix[$0 + 1] * y + matrix[$0 + 3] }
        }
        let points = try #require(values(33922))
        if let scale = values(33550) {
            return [points[3] + (x - points[0]) * scale[0], points[4] - (y - points[1]) * scale[1]]
        }
        // By the three points: an affine map.
        let (a, b, c) = (points[0..<6], points[6..<12], points[12..<18])
        let (bx, by) = (b[6] - a[0], b[7] - a[1])
        let (cx, cy) = (c[12] - a[0], c[13] - a[1])
        let determinant = bx * cy - cx * by
        let (dx, dy) = (x - a[0], y - a[1])
        let (s, t) = ((dx * cy - cx * dy) / determinant, (bx * dy - dx * by) / determinant)
        return [3, 4].map { index in
            a[index] + s * (b[6 + index] - a[index]) + t * (c[12 + index] - a[index])
        }
    }

    /// Where a pixel of the stored picture is in the changed one, from corners of pixels.
    private func moved(_ column: Int, _ row: Int, _ change: PictureChange) -> (Double, Double) {
        let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
        let (width, height) = (Double(Self.size.width), Double(Self.size.height))
        switch change {
        case .cropped(let region, _):
            return (x - Double(region.columns.lowerBound), y - Double(region.rows.lowerBound))
        case .resampled(_, let new):
            return (x * Double(new.width) / width, y * Double(new.height) / height)
        case .turned(let orientation, _):
            return switch orientation {
            case .up: (x, y)
            case .upMirrored: (width - x, y)
            case .down: (width - x, height - y)
            case .downMirrored: (x, height - y)
            case .leftMirrored: (y, x)
            case .right: (height - y, x)
            case .rightMirrored: (height - y, width - x)
            case .left: (y, width - x)
            }
        case .rewritten, .convertedToSRGB: return (x, y)
        }
    }

    @Test(arguments: forms, changes)
    func `pixels stay where they are`(form: Form, change: PictureChange) throws {
        for isPoint in [false, true] {
            let geotiff = ChangingBlocks.geotiff(
                isPoint: isPoint, scale: form.scale, tiepoints: form.tiepoints, matrix: form.matrix)
            let changed = GeoReference.changed(geotiff, by: change)
            #expect(changed.losses.isEmpty)
            let after = try #require(changed.value)
            let half = isPoint ? 0.5 : 0
            for (column, row) in [(0, 0), (20, 7), (39, 29)] {
                let old = try place(
                    Double(column) + 0.5 - half, Double(row) + 0.5 - half, geotiff)
                let (x, y) = moved(column, row, change)
                let new = try place(x - half, y - half, after)
                #expect(zip(old, new).allSatisfy { abs($0 - $1) < 1e-6 }, "\(old), \(new)")
            }
        }
    }

    @Test func `a crop moves the one tie point, and its scale stays`() throws {
        let crop = PictureChange.cropped(
            PixelRegion(columns: 16..<32, rows: 32..<48), of: ImageSize(width: 64, height: 64))
        let geotiff = ChangingBlocks.geotiff(
            isPoint: false, scale: [10, 10, 0], tiepoints: [0, 0, 0, 500_000, 4_000_000, 0])
        let expected = ChangingBlocks.geotiff(
            isPoint: false, scale: [10, 10, 0], tiepoints: [0, 0, 0, 500_160, 3_999_680, 0])
        #expect(GeoReference.changed(geotiff, by: crop).value == expected)
    }

    @Test func `what cannot follow is left out, and a loss`() {
        let geotiff = ChangingBlocks.geotiff(
            isPoint: false, scale: [1, 1, 0], tiepoints: [Double](repeating: 1, count: 12))
        let changed = GeoReference.changed(geotiff, by: .turned(.right, of: Self.size))
        #expect(changed.value == nil && changed.losses == [.metadata(.geotiff)])
    }
}
