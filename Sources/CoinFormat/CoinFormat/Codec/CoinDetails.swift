internal import FormatKit

extension CoinPicture {
    /// What `convert info` prints of a `.coin` file.
    var details: [ImageDetail] {
        let grid = file.header.grid
        var details = [
            ImageDetail("version", .integer(Int(CoinHeader.version))),
            ImageDetail("architectures", .list(architectureDetails)),
            ImageDetail("tiles", .text("\(grid.columns)x\(grid.rows)")),
            ImageDetail("tile_overlap", .integer(grid.overlap)),
        ]
        if grid.alignment > 0 {
            details.append(ImageDetail("tile_alignment", .integer(1 << grid.alignment)))
        }
        details += (try? decoder.details) ?? []
        return details + [ImageDetail("box_bytes", .record(file.boxByteCounts))]
    }

    private var architectureDetails: [ImageDetail.Value] {
        let known = try? architecture.details
        return file.header.architectures.enumerated().map { index, descriptor in
            let name = ArchitectureTable.architecture(descriptor.kind)?.name
            let rest =
                known?[index] ?? [
                    ImageDetail("descriptor_bytes", .integer(descriptor.body.count))
                ]
            let kind = ImageDetail("kind", .text(name ?? "unknown \(descriptor.kind)"))
            return .record([kind] + rest)
        }
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
