internal import FormatKit

/// How large a page is, and how the picture lies on it.
struct PDFPlacement {
    /// The width of the page, in its units.
    let width: Double
    /// The height of the page, in its units.
    let height: Double
    /// The size of a unit, in points of 1/72 inch.
    let pointsPerUnit: Double
    private let orientation: Orientation

    /// The longest side of a page that programs accept, in units (ISO 32000-1 annex C).
    private static let largestSide = 14_400.0
    /// The sides, in points, that can be told.
    private static let sides = 0.01...1e9

    /// Places a picture: at its resolution, or a pixel a point, and as it is meant to be shown.
    init(_ header: ImageHeader) {
        let pixel = Self.pixel(header) ?? (1, 1)
        let stored = (
            Double(header.size.width) * pixel.width, Double(header.size.height) * pixel.height
        )
        orientation = header.metadata.orientation
        let shown = orientation.isTransposing ? (stored.1, stored.0) : stored
        let longest = max(shown.0, shown.1)
        pointsPerUnit = longest > Self.largestSide ? longest / Self.largestSide : 1
        (width, height) = (shown.0 / pointsPerUnit, shown.1 / pointsPerUnit)
    }

    /// The size of a pixel, in points; `nil` if nothing usable is known of it.
    private static func pixel(_ header: ImageHeader) -> (width: Double, height: Double)? {
        guard let resolution = header.metadata.resolution else { return nil }
        let pixel: (width: Double, height: Double)
        if let density = resolution.pixelsPerMeter {
            let pointsPerMeter = 72 / 0.0254
            pixel = (pointsPerMeter / density.horizontal, pointsPerMeter / density.vertical)
        } else {
            // Of pixels of which only the shape is known, the width is a point.
            pixel = (1, resolution.horizontal / resolution.vertical)
        }
        let isUsable =
            sides.contains(Double(header.size.width) * pixel.width)
            && sides.contains(Double(header.size.height) * pixel.height)
        return isUsable ? pixel : nil
    }

    /// What of a resolution cannot be told.
    static func losses(_ header: ImageHeader) -> [Loss] {
        guard header.metadata.resolution != nil, pixel(header) == nil else { return [] }
        return [.metadata(.resolution)]
    }

    /// The entries of the page.
    var entries: [PDFEntry] {
        let box = PDFEntry(
            "MediaBox", .array([.integer(0), .integer(0), .real(width), .real(height)]))
        guard pointsPerUnit > 1 else { return [box] }
        return [box, PDFEntry("UserUnit", .real(pointsPerUnit))]
    }

    /// What becomes of the unit square, in which a picture lies with its first row at the top.
    var matrix: [Double] {
        let (w, h) = (width, height)
        return switch orientation {
        case .up: [w, 0, 0, h, 0, 0]
        case .upMirrored: [-w, 0, 0, h, w, 0]
        case .down: [-w, 0, 0, -h, w, h]
        case .downMirrored: [w, 0, 0, -h, 0, h]
        case .leftMirrored: [0, -h, -w, 0, w, h]
        case .right: [0, -h, w, 0, 0, h]
        case .rightMirrored: [0, h, w, 0, 0, 0]
        case .left: [0, h, -w, 0, w, 0]
        }
    }

    /// What draws the picture.
    ///
    /// - Parameter name: What the page's resources call it.
    /// - Returns: The content of the page.
    func content(drawing name: String) -> [UInt8] {
        let numbers = matrix.map { PDFValue.real($0).serialized }.joined(separator: " ")
        return Array("q \(numbers) cm \(PDFValue.name(name).serialized) Do Q".utf8)
    }
}
