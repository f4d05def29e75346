internal import BuiltInFormats
internal import FormatFiles
internal import FormatKit
internal import Foundation

/// A file with a photograph.
struct Photograph {
    let name: String
    let path: String

    /// The PNG files of a folder, by name; says so if there are none.
    static func all(in folder: String) -> [Photograph] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let photographs = names.filter { $0.hasSuffix(".png") }.sorted().map {
            Photograph(name: String($0.dropLast(4)), path: "\(folder)/\($0)")
        }
        if photographs.isEmpty { print("SKIPPED: there are no PNG files in \(folder)") }
        return photographs
    }

    /// Those with the given names, or all; none, said aloud, where they are missing.
    static func chosen(_ names: [String], in folder: String) throws -> [Photograph] {
        let all = all(in: folder)
        if all.isEmpty { return [] }
        if let missing = names.first(where: { name in !all.contains { $0.name == name } }) {
            throw BenchmarkError("there is no image \(missing)")
        }
        return names.isEmpty ? all : all.filter { names.contains($0.name) }
    }

    /// The picture as 8-bit RGB.
    func image() throws -> Image {
        let image = try Image(contentsOf: path)
        guard let rgb = image.converted(to: PixelLayout(.rgb, .uint8)) else {
            throw BenchmarkError("\(path) cannot become RGB")
        }
        return rgb
    }
}

extension Image {
    init(contentsOf path: String) throws {
        let reader = try BuiltInFormats.makeRegistry().makeReader(
            source: FileSource(path: Path(path)), context: CodecContext()
        ).reader
        try self.init(reading: reader)
    }

    /// Encodes the picture in memory.
    func encoded(
        as format: FormatID, options: [String: String] = [:], effort: Int? = nil,
        quality: Double? = nil, context: CodecContext = CodecContext()
    ) throws -> [UInt8] {
        guard let plugin = try BuiltInFormats.makeRegistry()[format] else {
            throw BenchmarkError("\(format) is not built in")
        }
        let settings = WriteSettings(
            quality: quality, effort: effort,
            options: try OptionValues(parsing: options, for: plugin.descriptor))
        let sink = MemorySink()
        try write(
            to: plugin.makeWriter(
                sink: sink, header: header, settings: settings, context: context))
        return sink.bytes
    }

    /// The offset in ``bytes`` of a pixel's first sample.
    func offset(x: Int, y: Int) -> Int {
        (y * header.size.width + x) * header.layout.bytesPerPixel
    }
}
