internal import FormatKit

extension CoinPicture {
    /// What `convert info` prints of a `.coin` file.
    var details: [ImageDetail] {
        let grid = file.header.grid
        return [
            ImageDetail("version", .integer(Int(CoinHeader.version))),
            ImageDetail("architectures", .list(architectureDetails)),
            ImageDetail("tiles", .text("\(grid.columns)x\(grid.rows)")),
            ImageDetail("tile_overlap", .integer(grid.overlap)),
        ] + decoder.details + [ImageDetail("box_bytes", .record(file.boxByteCounts))]
    }

    private var architectureDetails: [ImageDetail.Value] {
        let name = type(of: architecture).name
        return architecture.details.map { .record([ImageDetail("kind", .text(name))] + $0) }
    }
}

extension CoinFile {
    /// The bytes of all boxes of each type, in the order of their first appearance.
    fileprivate var boxByteCounts: [ImageDetail] {
        var order: [String] = []
        var sums: [String: Int] = [:]
        for (type, byteCount) in boxSizes {
            if sums[type] == nil { order.append(type) }
            sums[type, default: 0] += byteCount
        }
        return order.map { ImageDetail($0, .integer(sums[$0] ?? 0)) }
    }
}
