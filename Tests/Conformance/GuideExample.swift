import BuiltInFormats
import CoinFormat
import FormatFiles
import FormatKit

/// Converts a photograph to `.coin` and shows parts of it at several sizes.
func encodeAndLook(at photograph: Path, output: Path) throws -> [Image] {
    let registry = try BuiltInFormats.makeRegistry()
    guard let coin = registry.plugin(named: "coin") else { return [] }
    let context = CodecContext(threadCount: 2, progress: { print($0.detail) })
    let converter = Converter(registry: registry, context: context)
    let report = try converter.convert(
        try FileSource(path: photograph), to: coin, settings: WriteSettings(effort: 1)
    ) { () throws(ImageError) in try FileSink(path: output, isReplacing: false) }
    for loss in report.plan.losses { print("warning: \(loss)") }

    let source = try FileSource(path: output)
    let stream = try source.bytes(at: 0, count: source.byteCount)
    let decoder = try CoinDecoder(parsing: stream, context: context)
    let thumbnail = try decoder.decode(size: ImageSize(width: 96, height: 64))
    let corner = try decoder.decode(region: PixelRegion(columns: 0..<32, rows: 0..<32))
    return [thumbnail, corner]
}
