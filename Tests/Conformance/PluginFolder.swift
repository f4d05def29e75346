import Foundation
import TestSupport
import Testing

/// A folder with plugins that are built from their sources, and files to try them on.
struct PluginFolder {
    /// What goes wrong in the plugin of the tests; the raw value is the name in its source.
    enum Fault: String {
        case nothing = "NOTHING"
        case crashInOpen = "CRASH_IN_OPEN"
        case crashInRows = "CRASH_IN_ROWS"
        case hangInRows = "HANG_IN_ROWS"
        case noSize = "NO_SIZE"
        case tooLarge = "TOO_LARGE"
        case noLayout = "NO_LAYOUT"
        case noReason = "NO_REASON"
        case crashInWrite = "CRASH_IN_WRITE"
        case otherFormat = "OTHER_FORMAT"
        case clash = "CLASH"
        case oldVersion = "OLD_VERSION"
        case noIdentity = "NO_IDENTITY"
        case looseSignature = "LOOSE_SIGNATURE"
        case hangInTable = "HANG_IN_TABLE"
        case noMemory = "NO_MEMORY"
        case loud = "LOUD"
        case losing = "LOSING"
        case badOption = "BAD_OPTION"
        case garbage = "GARBAGE"
    }

    let folder: TemporaryFolder

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Where `format_plugin.h` lies.
    static let header = root.appending(path: "Sources/Plugins/External/CPluginHost/include").path

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("plugins")
    }

    /// Builds the plugin of the tests.
    func addToy(_ fault: Fault = .nothing) throws {
        try addC("Tests/ExternalPlugins/toy.c", "toy.so", ["-D", "FAULT=\(fault.rawValue)"])
    }

    /// Builds a plugin from C.
    func addC(_ source: String, _ name: String, _ flags: [String] = []) throws {
        try build(
            "clang",
            ["-std=c11", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-I", Self.header]
                + flags + [Self.root.appending(path: source).path], name)
    }

    /// Builds a plugin from Swift.
    func addSwift(_ source: String, _ name: String) throws {
        try build(
            "swiftc",
            [
                "-emit-library", "-import-objc-header", Self.header + "/format_plugin.h",
                Self.root.appending(path: source).path,
            ], name)
    }

    private func build(_ compiler: String, _ arguments: [String], _ name: String) throws {
        let tool = ForeignTool(compiler)
        try #require(tool.isInstalled, "the toolchain that builds this has it")
        let outcome = try tool.run(
            arguments + ["-o", folder("plugins/\(name)")], on: [], pathExtension: "none")
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
    }

    /// Runs a script with these plugins, in the folder.
    func run(_ script: String) throws -> ConvertTool.Run {
        try ConvertTool.shell("export CONVERT_PLUGIN_PATH=$PWD/plugins\n" + script, in: folder)
    }

    /// A toy of 3 x 2 pixels, or what its first bytes are.
    static let toy: [UInt8] = Array("TOY!".utf8) + [3, 2, 10, 20, 30, 40, 50, 60]
}
