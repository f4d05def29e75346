#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import CPluginHost
internal import FormatFiles
package import FormatKit

/// Formats of plugins from outside: shared libraries as `format_plugin.h` describes them.
///
/// They are looked for in the folders of `CONVERT_PLUGIN_PATH`, which colons separate, and in
/// `lib/imgconv/plugins` beside the folder of the program.
package enum ExternalFormats {
    /// The variable that names folders of plugins.
    package static let variable = "CONVERT_PLUGIN_PATH"

    /// The word that makes this program a plugin's host.
    package static let subcommand = "__convert-plugin"

    /// Adds the plugins that are found to built-in formats.
    ///
    /// - Parameters:
    ///   - plugins: The built-in formats, which come first.
    ///   - warn: Told which plugins are left out and why, one line each.
    /// - Returns: All of them; a plugin that claims what another one has is left out.
    /// - Throws: ``/FormatKit/FormatRegistry/Conflict`` if two built-in formats clash.
    package static func registry(
        adding plugins: [any FormatPlugin], warn: (String) -> Void
    ) throws(FormatRegistry.Conflict) -> FormatRegistry {
        var registry = try FormatRegistry(plugins)
        let host = [OwnProgram.path, subcommand]
        for path in folders.flatMap(libraries) {
            do throws(PluginDescription.Refusal) {
                guard let text = String(validating: path.bytes, as: UTF8.self) else {
                    throw PluginDescription.Refusal(reason: "its path is no text")
                }
                let plugin = try ExternalPlugin(PluginLauncher(host: host, plugin: text))
                do throws(FormatRegistry.Conflict) {
                    registry = try FormatRegistry(registry.plugins + [plugin])
                } catch {
                    throw PluginDescription.Refusal(reason: error.description)
                }
            } catch {
                warn("the plugin \(path) is left out: \(error.reason)")
            }
        }
        return registry
    }

    /// Serves the process that started this one as the host of a plugin.
    ///
    /// - Parameter arguments: The path of the plugin, and the memory that the process may hold.
    /// - Returns: The exit status.
    package static func serve(_ arguments: [String]) -> ProgramStatus {
        guard arguments.count == 2, let memory = UInt64(arguments[1]) else { return .usage }
        guard let pipes = StandardStreams.takePipes() else { return .failure }
        Shortage.leaveTellingToParent()
        let status = unsafe arguments[0].withCString {
            unsafe plugin_host_serve($0, memory, pipes.input, pipes.output)
        }
        return status == 0 ? .success : .failure
    }

    /// Where plugins are looked for.
    private static var folders: [Path] {
        var named: [UInt8] = []
        if let value = unsafe getenv(variable) {
            named = unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
        }
        return named.split(separator: UInt8(ascii: ":")).map { Path(bytes: $0) }
            + [OwnProgram.prefix.appending("lib/imgconv/plugins")]
    }

    /// The shared libraries of a folder, by their names.
    private static func libraries(in folder: Path) -> [Path] {
        let names = (try? Directory.names(in: folder)) ?? []
        return names.filter { ["so", "dylib"].contains($0.fileExtension ?? "") }.sorted()
            .map(folder.appending)
    }
}
