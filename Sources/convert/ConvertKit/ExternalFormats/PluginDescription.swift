internal import CPluginHost
internal import FormatKit

/// What a plugin says of itself, checked.
struct PluginDescription {
    /// Why a plugin is left out, in words that follow its path.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    let descriptor: FormatDescriptor
    /// The library that the plugin names, and the plugin.
    let library: String
    /// What reading or writing holds for each pixel, in bytes; 0 for a few rows.
    let bytesPerPixel: Int

    /// Checks the fields of a description.
    ///
    /// - Parameters:
    ///   - content: The frame.
    ///   - path: Where the plugin lies, for people.
    /// - Throws: ``Refusal``.
    init(_ content: ArraySlice<UInt8>, path: String) throws(Refusal) {
        guard let fields = PluginField.fields(of: content) else {
            throw Refusal(reason: "its description makes no sense")
        }
        func contents(_ tag: plugin_field) -> [ArraySlice<UInt8>] {
            fields.filter { $0.tag == tag }.map(\.content)
        }
        func text(_ tag: plugin_field, _ noun: String) throws(Refusal) -> String {
            guard let text = contents(tag).first.flatMap(PluginField.text),
                !text.allSatisfy(\.isWhitespace)
            else { throw Refusal(reason: "it has no \(noun)") }
            return text
        }
        let id = try text(PLUGIN_FIELD_ID, "identity")
        guard id.contains("."), Self.isName(id, besides: ".-") else {
            throw Refusal(reason: "its identity \(id) is no domain turned round and a name")
        }
        guard let content = contents(PLUGIN_FIELD_NUMBERS).first,
            let numbers = PluginNumbers.value(plugin_numbers.self, of: content),
            numbers.reads > 0 || numbers.writes > 0
        else { throw Refusal(reason: "it neither reads nor writes") }
        bytesPerPixel = Int(numbers.bytes_per_pixel)
        let options = try Self.map(contents(PLUGIN_FIELD_OPTION), Self.option)
        guard Set(options.map(\.key)).count == options.count else {
            throw Refusal(reason: "two of its options have one name")
        }
        library = "\(try text(PLUGIN_FIELD_LIBRARY, "library")), \(path)"
        descriptor = FormatDescriptor(
            id: FormatID(id), name: try text(PLUGIN_FIELD_NAME, "name"),
            fileExtensions: try Self.names(contents(PLUGIN_FIELD_EXTENSION), "file extension"),
            mediaTypes: try Self.names(
                contents(PLUGIN_FIELD_MEDIA_TYPE), "MIME type", besides: "/.+-"),
            signatures: try Self.map(contents(PLUGIN_FIELD_SIGNATURE), Self.signature),
            read: numbers.reads > 0
                ? ReadCapabilities(
                    streaming: Self.streaming(numbers),
                    metadata: [.icc, .exif, .xmp, .resolution]) : nil,
            write: numbers.writes > 0
                ? try Self.write(
                    numbers, try Self.map(contents(PLUGIN_FIELD_LAYOUT), Self.layout)) : nil,
            options: options)
        guard !descriptor.signatures.isEmpty || descriptor.read == nil else {
            throw Refusal(reason: "nothing tells its files from others")
        }
    }

    private static func map<T>(
        _ contents: [ArraySlice<UInt8>], _ body: (ArraySlice<UInt8>) throws(Refusal) -> T
    ) throws(Refusal) -> [T] {
        var results: [T] = []
        for content in contents { results.append(try body(content)) }
        return results
    }

    /// Whether a text has lower-case letters, digits and some more, but for the first.
    private static func isName(_ text: String, besides others: String) -> Bool {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        return text.first.map(letters.contains) ?? false && text.count <= 100
            && text.allSatisfy { letters.contains($0) || others.contains($0) }
    }

    private static func names(
        _ contents: [ArraySlice<UInt8>], _ noun: String, besides others: String = "+_-"
    ) throws(Refusal) -> [String] {
        let names = try map(contents) { (content) throws(Refusal) -> String in
            guard let name = PluginField.text(content), isName(name, besides: others) else {
                throw Refusal(reason: "it has a \(noun) that is none")
            }
            return name
        }
        guard !names.isEmpty, Set(names).count == names.count else {
            throw Refusal(reason: "it has no \(noun), or one twice")
        }
        return names
    }

    private static func signature(_ content: ArraySlice<UInt8>) throws(Refusal) -> Signature {
        var rest = content
        // A pattern of two bytes is as short as one of ours.
        guard let offset = PluginNumbers.take(UInt32.self, from: &rest), offset <= 4096,
            rest.count % 2 == 0, (4...256).contains(rest.count)
        else { throw Refusal(reason: "it has a signature that is too short or too far off") }
        let bytes = Array(rest.prefix(rest.count / 2)), mask = Array(rest.suffix(rest.count / 2))
        guard mask.reduce(0, { $0 + $1.nonzeroBitCount }) >= 16 else {
            throw Refusal(reason: "it has a signature that fits too many files")
        }
        return Signature(bytes, mask: mask, offset: Int(offset))
    }

    private static func layout(_ content: ArraySlice<UInt8>) throws(Refusal) -> PixelLayout {
        guard content.count == 2, let channels = content.first, let bits = content.last,
            let layout = PixelLayout(channelCount: Int(channels), bitCount: Int(bits))
        else { throw Refusal(reason: "it has a layout of pixels that there is not") }
        return layout
    }

    private static func streaming(_ numbers: plugin_numbers) -> Streaming {
        numbers.bytes_per_pixel > 0 ? .wholeImage : .rows
    }

    /// The largest width at which rows of any layout go through the pipes.
    private static let longestSide = PluginFrame.longestRow / 16

    private static func losslessness(_ numbers: plugin_numbers) -> Losslessness {
        switch format_losslessness(numbers.losslessness) {
        case FORMAT_ALWAYS_LOSSLESS: .always
        case FORMAT_LOSSLESS_IF_ASKED: .optional
        default: .never
        }
    }

    private static func write(
        _ numbers: plugin_numbers, _ layouts: [PixelLayout]
    ) throws(Refusal) -> WriteCapabilities {
        guard !layouts.isEmpty, numbers.largest_side > 0 else {
            throw Refusal(reason: "it writes no picture at all")
        }
        let kinds: [(Int, MetadataKind)] = [
            (FORMAT_KEEPS_ICC, .icc), (FORMAT_KEEPS_EXIF, .exif), (FORMAT_KEEPS_XMP, .xmp),
            (FORMAT_KEEPS_DENSITY, .resolution),
        ]
        let kept = kinds.filter { Int(numbers.keeps) & $0.0 != 0 }.map(\.1)
        let quality = numbers.default_quality
        return WriteCapabilities(
            layouts: Set(layouts), maximumDimension: min(Int(numbers.largest_side), longestSide),
            metadata: Set(kept), losslessness: losslessness(numbers),
            streaming: streaming(numbers),
            defaultQuality: (0...100).contains(quality) ? quality : nil)
    }

    private static func option(_ content: ArraySlice<UInt8>) throws(Refusal) -> OptionSpec {
        var rest = content
        guard let kind = PluginNumbers.take(UInt32.self, from: &rest),
            let minimum = PluginNumbers.take(Double.self, from: &rest),
            let maximum = PluginNumbers.take(Double.self, from: &rest),
            let texts = PluginField.texts(rest), texts.count >= 3, isName(texts[0], besides: "-")
        else { throw Refusal(reason: "it has an option without a name") }
        let fault = Refusal(reason: "its option \(texts[0]) has no values")
        let range: OptionSpec.Kind
        switch format_option_kind(kind) {
        case FORMAT_BOOLEAN: range = .boolean
        case FORMAT_CHOICE:
            guard texts.count > 3 else { throw fault }
            range = .choice(Array(texts[3...]))
        case FORMAT_INTEGER:
            guard let first = Int(exactly: minimum), let last = Int(exactly: maximum),
                first <= last
            else { throw fault }
            range = .integer(first...last)
        case FORMAT_REAL:
            guard minimum.isFinite, maximum.isFinite, minimum <= maximum else { throw fault }
            range = .real(minimum...maximum)
        default: throw fault
        }
        return OptionSpec(texts[0], range, default: texts[1], summary: texts[2])
    }
}

extension PixelLayout {
    /// The layout with so many channels of so many bits, if there is one; alpha is straight.
    init?(channelCount: Int, bitCount: Int) {
        let samples: [Int: SampleType] = [8: .uint8, 16: .uint16, 32: .float32]
        guard let sample = samples[bitCount], (1...4).contains(channelCount) else { return nil }
        self.init(
            channelCount < 3 ? .gray : .rgb, sample,
            alpha: channelCount % 2 == 0 ? .straight : .opaque)
    }
}
