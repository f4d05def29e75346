internal import FormatKit

extension CoinFile {
    /// What `convert info` prints of a `.coin` file.
    var details: [ImageDetail] {
        let header = header
        let parameterCount = tiles.reduce(0) { $0 + $1.values.count }
        let weightByteCount = boxSizes.filter { $0.type == "TILE" }.reduce(0) { $0 + $1.byteCount }
        return [
            ImageDetail("version", .integer(Int(CoinHeader.version))),
            ImageDetail(
                "architectures", .list(header.architectures.map { .record($0.details) })),
            ImageDetail("tiles", .text("\(header.grid.columns)x\(header.grid.rows)")),
            ImageDetail("tile_overlap", .integer(header.grid.overlap)),
            ImageDetail("parameters", .integer(parameterCount)),
            ImageDetail(
                "bits_per_weight", .real(Double(weightByteCount * 8) / Double(parameterCount))),
            ImageDetail("multiply_adds_per_pixel", .integer(header.multiplyAddsPerPixel)),
            ImageDetail("box_bytes", .record(boxByteCounts)),
        ]
    }

    /// The bytes of all boxes of each type, in the order of their first appearance.
    private var boxByteCounts: [ImageDetail] {
        var order: [String] = []
        var sums: [String: Int] = [:]
        for (type, byteCount) in boxSizes {
            if sums[type] == nil { order.append(type) }
            sums[type, default: 0] += byteCount
        }
        return order.map { ImageDetail($0, .integer(sums[$0] ?? 0)) }
    }
}

extension SirenDescriptor {
    /// ω₀ of a scale in turns, to the precision that a binary32 number has.
    private static func omega(_ scale: Float) -> Double {
        (Double(scale) * 2 * .pi * 1e4).rounded() / 1e4
    }

    fileprivate var details: [ImageDetail] {
        let isUniform = Set(widths).count == 1
        return [
            ImageDetail("kind", .text("siren")),
            ImageDetail("layers", .integer(widths.count)),
            isUniform
                ? ImageDetail("width", .integer(widths[0]))
                : ImageDetail("widths", .list(widths.map { .integer($0) })),
            ImageDetail("first_omega", .real(Self.omega(firstScale))),
            ImageDetail("hidden_omega", .real(Self.omega(hiddenScale))),
        ]
    }
}
