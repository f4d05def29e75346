import FormatKit
import MetadataBlocks
import TestSupport

@testable import TIFFFormat

/// A TIFF file put together by hand.
struct HandmadeTIFF {
    /// An entry: type 3 (SHORT), 4 (LONG) or 7 (UNDEFINED), and its values.
    struct Entry {
        var tag: Int
        var type: Int
        var values: [Int]
    }

    var order = ByteOrder.little
    var isBig = false
    var entries: [Entry] = []
    /// What the one strip or tile, or several, hold.
    var blocks: [[UInt8]] = []
    var isTiled = false

    /// An uncompressed image in one strip.
    init(
        width: Int, height: Int, bits: Int, photometric: Int? = 1, samples: Int = 1,
        strip: [UInt8], order: ByteOrder = .little, isBig: Bool = false
    ) {
        self.order = order
        self.isBig = isBig
        blocks = [strip]
        set(256, 4, [width])
        set(257, 4, [height])
        set(258, 3, Array(repeating: bits, count: samples))
        set(259, 3, [1])
        if let photometric { set(262, 3, [photometric]) }
        set(277, 3, [samples])
        set(278, 4, [height])
    }

    /// Replaces the values of a tag.
    mutating func set(_ tag: Int, _ type: Int, _ values: [Int]) {
        remove(tag)
        entries.append(Entry(tag: tag, type: type, values: values))
    }

    /// Removes a tag.
    mutating func remove(_ tag: Int) {
        entries.removeAll { $0.tag == tag }
    }

    /// The file: header, blocks, directory.
    func bytes(next: Int = 0) -> [UInt8] {
        let header = TIFFHeader(order: order, isBig: isBig)
        let mark: UInt8 = order == .little ? 0x49 : 0x4D
        var file = [mark, mark] + order.bytes(isBig ? 43 : 42, count: 2)
        if isBig { file += order.bytes(8, count: 4 - 2) + [0, 0] }
        let blocksStart = file.count + header.wordByteCount
        var offsets: [Int] = []
        var data: [UInt8] = []
        for block in blocks {
            offsets.append(blocksStart + data.count)
            data += block
        }
        if (blocksStart + data.count) % 2 == 1 { data.append(0) }
        let directoryStart = blocksStart + data.count
        var all = self
        if !entries.contains(where: { $0.tag == 273 || $0.tag == 324 }) {
            all.set(isTiled ? 324 : 273, 4, offsets)
            all.set(isTiled ? 325 : 279, 4, blocks.map(\.count))
        }
        let tree = DirectoryTree(
            entries: all.entries.sorted { $0.tag < $1.tag }.map { entry in
                let size = ByteOrder.valueByteCount(type: entry.type) ?? 1
                return .init(
                    tag: entry.tag, type: entry.type, count: entry.values.count,
                    payload: .values(entry.values.flatMap { order.bytes($0, count: size) }))
            })
        file += order.bytes(directoryStart, count: header.wordByteCount) + data
        return file + tree.serialized(at: directoryStart, header: header, next: next)
    }
}
