import FormatKit
import Foundation
import Synchronization
import TestSupport

@testable import TIFFFormat

/// Lines that a codec reports, collected.
final class Lines: Sendable {
    private let storage = Mutex<[String]>([])

    /// What was reported so far.
    var all: [String] { storage.withLock { $0 } }

    /// Adds a line.
    func append(_ line: String) { storage.withLock { $0.append(line) } }
}

/// Decodes a TIFF file in bands of a few rows.
func decode(
    _ bytes: [UInt8], limits: Limits = .default, warnings: Lines = Lines(), bandRows: Int? = nil
) throws -> Image {
    let context = CodecContext(limits: limits, warn: { warnings.append($0) })
    let reader = try TIFFPlugin().makeReader(source: MemorySource(bytes), context: context)
    guard let bandRows else { return try Image(reading: reader, limits: limits) }
    let header = reader.header
    var pixels: [UInt8] = []
    var band = PixelBand(width: header.size.width, layout: header.layout, rowCapacity: bandRows)
    while pixels.count < header.size.height * header.layout.bytesPerRow(width: header.size.width) {
        try reader.readRows(into: &band)
        pixels += band.filledBytes
    }
    return Image(header: header, bytes: pixels)
}

/// Encodes an image as TIFF.
func encode(
    _ image: Image, _ options: [String: String] = [:], quality: Double? = nil,
    isLossless: Bool = false, effort: Int? = nil, warnings: Lines = Lines(), bandRows: Int? = nil
) throws -> [UInt8] {
    let plugin = TIFFPlugin()
    let settings = WriteSettings(
        quality: quality, isLossless: isLossless, effort: effort,
        options: try OptionValues(parsing: options, for: plugin.descriptor))
    let sink = MemorySink()
    let writer = try plugin.makeWriter(
        sink: sink, header: image.header, settings: settings,
        context: CodecContext(warn: { warnings.append($0) }))
    guard let bandRows else {
        try image.write(to: writer)
        return sink.bytes
    }
    let (size, layout) = (image.header.size, image.header.layout)
    let bandByteCount = bandRows * layout.bytesPerRow(width: size.width)
    for start in stride(from: 0, to: image.bytes.count, by: bandByteCount) {
        let end = min(image.bytes.count, start + bandByteCount)
        try writer.writeRows(
            PixelBand(width: size.width, layout: layout, bytes: Array(image.bytes[start..<end])))
    }
    try writer.finish()
    return sink.bytes
}

/// An image with smooth and random parts.
func testImage(
    _ layout: PixelLayout, width: Int = 45, height: Int = 37, seed: UInt64 = 1,
    metadata: ImageMetadata = ImageMetadata()
) -> Image {
    var random = SplitMix64(seed: seed)
    let rowByteCount = layout.bytesPerRow(width: width)
    var bytes: [UInt8] = []
    for y in 0..<height {
        let isRandom = y % 3 == 0
        bytes +=
            isRandom
            ? random.bytes(rowByteCount) : (0..<rowByteCount).map { UInt8(($0 + y) & 0xFF) }
    }
    return Image(
        header: ImageHeader(
            size: ImageSize(width: width, height: height), layout: layout, metadata: metadata),
        bytes: bytes)
}

/// All layouts that TIFF stores, in a fixed order.
let storedLayouts: [PixelLayout] =
    (TIFFPlugin().descriptor.write?.layouts ?? []).sorted { $0.description < $1.description }

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
                let size = TIFFEntry.valueByteCount(type: entry.type) ?? 1
                return .init(
                    tag: entry.tag, type: entry.type, count: entry.values.count,
                    payload: .values(entry.values.flatMap { order.bytes($0, count: size) }))
            })
        file += order.bytes(directoryStart, count: header.wordByteCount) + data
        return file + tree.serialized(at: directoryStart, header: header, next: next)
    }
}

/// Folders beside the repository, which a checkout need not have.
enum SharedFolder {
    /// The folder `name` of `../shared`, or `nil`.
    static func url(_ name: String) -> URL? {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            let manifest = folder.appending(path: "Package.swift")
            if FileManager.default.fileExists(atPath: manifest.path) {
                let shared = folder.deletingLastPathComponent().appending(path: "shared/\(name)")
                return FileManager.default.fileExists(atPath: shared.path) ? shared : nil
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// The files below a folder, sorted, without texts.
    static func files(_ name: String) -> [URL] {
        guard let folder = url(name),
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else {
            print("skipped: ../shared/\(name) is not here")
            return []
        }
        let texts = ["README", "README.txt", "COPYRIGHT", "summary.txt"]
        return files.compactMap { $0 as? URL }
            .filter { !$0.hasDirectoryPath && !texts.contains($0.lastPathComponent) }
            .filter { !["pgm", "ppm", "pbm", "g3"].contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }
}

/// Other people's programs, which judge what is read and written.
enum ForeignTool {
    /// Where programs are looked for.
    private static let folders =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        + ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]

    /// Where a program is, or `nil`.
    static func path(_ names: String...) -> String? {
        for name in names {
            for folder in folders {
                let path = "\(folder)/\(name)"
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        print("skipped: \(names.joined(separator: " or ")) is not installed")
        return nil
    }

    /// Runs a program.
    static func run(
        _ path: String, _ arguments: [String]
    ) throws -> (status: Int32, output: [UInt8], errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let folder = FileManager.default.temporaryDirectory
        let name = UUID().uuidString
        let (out, error) = (folder.appending(path: name + ".out"), folder.appending(path: name))
        for url in [out, error] { try Data().write(to: url) }
        defer { for url in [out, error] { try? FileManager.default.removeItem(at: url) } }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, [UInt8](try Data(contentsOf: out)),
            String(decoding: try Data(contentsOf: error), as: UTF8.self)
        )
    }

    /// Runs `body` with a file of `bytes` that is removed afterwards.
    static func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
        let url = FileManager.default.temporaryDirectory
            .appending(path: UUID().uuidString + ".tif")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }
}
