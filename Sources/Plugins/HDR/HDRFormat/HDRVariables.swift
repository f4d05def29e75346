internal import FormatKit

/// The variables and comments of a header.
struct HDRVariables {
    private(set) var unknownNames: [String] = []
    /// Lines whose numbers make no sense.
    private(set) var damage: [Loss] = []
    private var texts: [TextEntry] = []
    /// By what samples have been multiplied: all lines together.
    private var exposure: Double?
    /// By what each channel has been multiplied besides.
    private var correction: [Double]?
    private var gamma = 1.0
    private var chromaticities: Chromaticities?
    /// The height of a pixel, of its width.
    private var shape: Double?

    private static let exposureName = "EXPOSURE"
    private static let correctionName = "COLORCORR"

    /// Takes a line; one whose numbers make no sense is left out.
    mutating func take(_ line: String) {
        if line.hasPrefix("#") {
            let text = line.dropFirst().trimmed
            if !text.isEmpty { texts.append(TextEntry("Comment", text)) }
            return
        }
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].trimmed
        let value = parts.count > 1 ? parts[1].trimmed : ""
        func numbers(_ count: Int) -> [Double]? {
            let numbers = value.split(separator: " ").compactMap { Double($0) }
            if numbers.count == count, numbers.allSatisfy(\.isFinite) { return numbers }
            lose("\(name) has \(count == 1 ? "no number" : "not \(count) numbers")")
            return nil
        }
        func factors(_ count: Int) -> [Double]? {
            guard let numbers = numbers(count) else { return nil }
            if numbers.allSatisfy({ $0 > 0 }) { return numbers }
            lose("\(name) is not positive")
            return nil
        }
        func lose(_ fault: String) {
            damage.append(
                .part(of: .formatBlocks, "\(fault) and is left out: \(value.prefix(40))"))
        }
        switch name {
        case Self.exposureName:
            if let factor = factors(1)?[0] { exposure = (exposure ?? 1) * factor }
        case Self.correctionName:
            guard let factors = factors(3) else { return }
            correction = zip(correction ?? [1, 1, 1], factors).map { $0 * $1 }
        case "GAMMA": gamma = factors(1)?[0] ?? gamma
        case "PIXASPECT":
            if let factor = factors(1)?[0] { shape = (shape ?? 1) * factor }
        case "PRIMARIES":
            guard let points = numbers(8) else { return }
            func point(_ index: Int) -> Chromaticity {
                Chromaticity(points[2 * index], points[2 * index + 1])
            }
            chromaticities = Chromaticities(
                white: point(3), red: point(0), green: point(1), blue: point(2))
        case "SOFTWARE": texts.append(TextEntry("Software", value))
        default: unknownNames.append(String(name.prefix { $0 != " " }.prefix(40)))
        }
    }

    /// What is carried to other files.
    var metadata: ImageMetadata {
        var metadata = ImageMetadata(texts: texts)
        // Some programs tell the exponent with which light was encoded, others its inverse; it is never
        // encoded darker than it is.
        metadata.gamma = min(gamma, 1 / gamma)
        metadata.chromaticities = chromaticities
        if let shape, shape != 1 {
            metadata.resolution = Resolution(horizontal: shape, vertical: 1, unit: .none)
        }
        func add(_ name: String, _ numbers: [Double]) {
            let text = numbers.map { "\($0)" }.joined(separator: " ")
            metadata.blocks.append(
                FormatBlock(.hdr, name, Array(text.utf8), dependsOnSamples: true))
        }
        if let exposure { add(Self.exposureName, [exposure]) }
        if let correction { add(Self.correctionName, correction) }
        return metadata
    }

    /// What `convert info` prints.
    var details: [ImageDetail] {
        var details: [ImageDetail] = []
        if let exposure { details.append(ImageDetail("exposure", .real(exposure))) }
        if let correction {
            details.append(ImageDetail("color_correction", .list(correction.map { .real($0) })))
        }
        return details
    }
}

extension HDRHeader {
    /// The lines of a picture that is written.
    static func text(_ header: ImageHeader) -> String {
        let metadata = header.metadata
        var lines = ["#?RADIANCE"]
        for text in metadata.texts where isStorable(text) {
            lines.append(text.keyword == "Comment" ? "# \(text.value)" : "SOFTWARE=\(text.value)")
        }
        lines.append("FORMAT=32-bit_rle_rgbe")
        for block in metadata.blocks where block.format == .hdr {
            lines.append("\(block.name)=\(String(decoding: block.bytes, as: UTF8.self))")
        }
        if let colors = metadata.chromaticities {
            let points = [colors.red, colors.green, colors.blue, colors.white]
            let numbers = points.flatMap { ["\($0.x)", "\($0.y)"] }
            lines.append("PRIMARIES=" + numbers.joined(separator: " "))
        }
        if let shape = shape(metadata.resolution), shape != 1 {
            lines.append("PIXASPECT=\(shape)")
        }
        lines += ["", "-Y \(header.size.height) +X \(header.size.width)", ""]
        return lines.joined(separator: "\n")
    }

    /// The height of a pixel, of its width, if that is all that a resolution says.
    private static func shape(_ resolution: Resolution?) -> Double? {
        guard let resolution, resolution.unit == .none else { return nil }
        let shape = resolution.horizontal / resolution.vertical
        return shape.isFinite && shape > 0 ? shape : nil
    }

    private static func isStorable(_ text: TextEntry) -> Bool {
        let isLine = !text.value.utf8.contains { $0 == 0x0A || $0 == 0x0D }
        // What is read again is the same.
        let isTrimmed = !text.value.isEmpty && text.value[...].trimmed == text.value
        return isLine && isTrimmed && ["Comment", "Software"].contains(text.keyword)
            && text.language.isEmpty && text.translatedKeyword.isEmpty
    }

    /// What has no place in a header.
    static func losses(_ metadata: ImageMetadata) -> [Loss] {
        var losses = Loss.texts(metadata.texts.filter { !isStorable($0) })
        if metadata.resolution != nil, shape(metadata.resolution) == nil {
            losses.append(.metadata(.resolution))
        }
        if let gamma = metadata.gamma, abs(gamma - 1) > 0.001 {
            losses.append(.metadata(.gamma))
        }
        return losses
    }
}
