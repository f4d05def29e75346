#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles

/// The file of this program.
enum OwnProgram {
    /// A path that starts this very program, even if its file has been replaced meanwhile.
    static var path: String {
        #if os(Linux)
            // A sandbox need not have /proc.
            let ownFile = "/proc/self/exe"
            if unsafe access(ownFile, X_OK) == 0 { return ownFile }
            return ProcessArguments.executablePath ?? ownFile
        #else
            var byteCount: UInt32 = 4096
            var path = [CChar](repeating: 0, count: Int(byteCount))
            guard unsafe _NSGetExecutablePath(&path, &byteCount) == 0 else {
                return CommandLine.arguments[0]
            }
            return String(
                decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #endif
    }

    /// The folder above the one that the program lies in: what it was installed with is below.
    static var prefix: Path { Path(path).resolvingLinks.directory.directory }
}
