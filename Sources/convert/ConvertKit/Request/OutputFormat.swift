internal import FormatFiles
package import FormatKit

/// The format that a run writes, and the extension that its files get.
package struct OutputFormat: Sendable {
    /// The plugin.
    package let plugin: any FormatPlugin
    /// The extension without the dot.
    package let fileExtension: String

    /// Finds the format that `--to` names: an identity or an extension, which is then kept.
    ///
    /// - Throws: ``CommandError/usage(_:)`` listing the formats that can be written.
    package init(named name: String, registry: FormatRegistry) throws(CommandError) {
        guard let plugin = registry.plugin(named: name) else {
            throw .usage("unknown format \"\(name)\"; \(Self.knownFormats(registry))")
        }
        let format = plugin.descriptor
        guard format.write != nil else {
            throw .usage("\(format.id) can only be read; \(Self.knownFormats(registry))")
        }
        let name = name.lowercased()
        self.plugin = plugin
        fileExtension =
            format.fileExtensions.contains(name) ? name : format.fileExtensions.first ?? name
    }

    /// Finds the format of an output: by `--to`, else by the extension.
    ///
    /// - Throws: ``CommandError/usage(_:)``.
    package init(
        of output: Endpoint, named name: String?, registry: FormatRegistry
    ) throws(CommandError) {
        if let name {
            try self.init(named: name, registry: registry)
            return
        }
        guard case .file(let path) = output else {
            throw .usage("--to names the format of standard output")
        }
        guard let fileExtension = path.fileExtension else {
            throw .usage("\(path) has no extension; --to names the format")
        }
        guard registry.plugin(forExtension: fileExtension) != nil else {
            throw .usage(
                "\(path): unknown extension .\(fileExtension); \(Self.knownFormats(registry))")
        }
        try self.init(named: fileExtension, registry: registry)
    }

    /// The other format whose extension this is: a file with it would say that it is what it is not.
    func rival(forExtension fileExtension: String, registry: FormatRegistry) -> FormatID? {
        let named = registry.plugin(forExtension: fileExtension)?.descriptor.id
        return named == plugin.descriptor.id ? nil : named
    }

    private static func knownFormats(_ registry: FormatRegistry) -> String {
        let formats = registry.descriptors.filter { $0.write != nil }.map {
            "\($0.id) (\($0.fileExtensions.map { "." + $0 }.joined(separator: ", ")))"
        }
        return "known: " + formats.joined(separator: ", ")
    }
}
