/// The formats that a program knows: a value built from one list of plugins.
///
/// ```swift
/// let registry = try BuiltInFormats.makeRegistry()
/// let source = try FileSource(path: photograph)
/// let (format, reader) = try registry.makeReader(source: source, context: CodecContext())
/// print(format.name, reader.header.size, reader.header.layout)
/// ```
public struct FormatRegistry: Sendable {
    /// The plugins in the order of registration.
    public let plugins: [any FormatPlugin]
    /// Their descriptors, in the same order.
    public let descriptors: [FormatDescriptor]
    /// The number of bytes at the start of a file that identification needs.
    package let headByteCount: Int

    /// Two plugins claim the same thing.
    public struct Conflict: Error, Equatable, Sendable, CustomStringConvertible {
        /// The plugin registered first.
        public let first: FormatID
        /// The plugin that clashes with it.
        public let second: FormatID
        /// What both claim, such as `extension .tif`.
        public let claim: String

        /// One line.
        public var description: String { "formats \(first) and \(second) both claim \(claim)" }
    }

    /// Registers plugins.
    ///
    /// Signatures of two formats may overlap, as those of a format and of a special kind of it
    /// do; only equal ones clash.
    ///
    /// - Throws: ``Conflict`` if two claim the same identity, extension, MIME type or signature, or the
    ///   identity of one is an extension of another: a name means one of them.
    public init(_ plugins: [any FormatPlugin]) throws(Conflict) {
        self.plugins = plugins
        descriptors = plugins.map(\.descriptor)
        headByteCount = descriptors.flatMap(\.signatures).map(\.byteCount).max() ?? 0
        var owners: [String: FormatID] = [:]
        for descriptor in descriptors {
            for claim in Self.claims(of: descriptor) {
                if let first = owners.updateValue(descriptor.id, forKey: claim) {
                    throw Conflict(first: first, second: descriptor.id, claim: claim)
                }
            }
            // Its own identity is an extension of many a format.
            for name in Set(descriptor.fileExtensions + [descriptor.id.rawValue]) {
                let claim = "the name \(name)"
                if let first = owners.updateValue(descriptor.id, forKey: claim) {
                    throw Conflict(first: first, second: descriptor.id, claim: claim)
                }
            }
        }
    }

    private static func claims(of format: FormatDescriptor) -> [String] {
        ["identity \(format.id)"]
            + format.fileExtensions.map { "extension .\($0)" }
            + format.mediaTypes.map { "MIME type \($0)" }
            + Set(format.signatures).map {
                "signature \($0.bytes) with mask \($0.mask) at \($0.offset)"
            }
    }

    /// The plugin with an identity.
    public subscript(id: FormatID) -> (any FormatPlugin)? {
        descriptors.firstIndex { $0.id == id }.map { plugins[$0] }
    }

    /// The plugin that a name means: an identity or an extension, in any case of letters.
    public func plugin(named name: String) -> (any FormatPlugin)? {
        let name = name.lowercased()
        return self[FormatID(name)] ?? plugin(forExtension: name)
    }

    /// The plugin that claims a file extension (without the dot, in any case of letters).
    public func plugin(forExtension fileExtension: String) -> (any FormatPlugin)? {
        let fileExtension = fileExtension.lowercased()
        return descriptors.firstIndex { $0.fileExtensions.contains(fileExtension) }
            .map { plugins[$0] }
    }

    /// The plugin whose signature the start of a file matches.
    ///
    /// The content decides; the extension breaks a tie; then the signature that fixes most bits.
    public func plugin(
        identifying head: [UInt8], extensionHint: String? = nil
    ) -> (any FormatPlugin)? {
        let hint = extensionHint?.lowercased()
        let matches = descriptors.indices.compactMap { index -> (index: Int, rank: Int)? in
            let format = descriptors[index]
            let weight = format.signatures.filter { $0.matches(head) }.map(\.weight).max()
            let isHinted = hint.map(format.fileExtensions.contains) ?? false
            return weight.map { (index, $0 + (isHinted ? 1 << 20 : 0)) }
        }
        return matches.max { $0.rank < $1.rank }.map { plugins[$0.index] }
    }

    /// Identifies a file by its content and opens it.
    ///
    /// - Throws: ``ImageError/unrecognized`` or ``ImageError/foreign(_:)`` if no plugin claims the
    ///   content, and whatever the
    ///   plugin's reader throws.
    public func makeReader(
        source: any ImageSource, extensionHint: String? = nil, context: CodecContext
    ) throws(ImageError) -> (format: FormatDescriptor, reader: any ImageReader) {
        let head = try source.bytes(at: 0, count: startByteCount)
        let plugin = try recognized(head, extensionHint: extensionHint)
        let format = plugin.descriptor
        guard format.read != nil else { throw .unsupported(format.id, "reading") }
        return (format, try plugin.makeReader(source: source, context: context))
    }

    /// The number of bytes at the start of a file that ``recognized(_:extensionHint:)`` needs.
    package var startByteCount: Int { max(headByteCount, ForeignFormat.headByteCount) }

    /// The plugin whose signature the start of a file matches.
    ///
    /// - Throws: ``ImageError/unrecognized`` or ``ImageError/foreign(_:)`` if there is none.
    @discardableResult
    package func recognized(
        _ start: [UInt8], extensionHint: String? = nil
    ) throws(ImageError) -> any FormatPlugin {
        if let plugin = plugin(identifying: start, extensionHint: extensionHint) { return plugin }
        if let foreign = ForeignFormat.name(of: start) { throw .foreign(foreign) }
        throw .unrecognized
    }
}
