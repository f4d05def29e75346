internal import Foundation

/// A virtual environment of Python with the packages that a folder of Benchmarks asks for.
struct PythonEnvironment {
    private let folder: String
    private let source: String

    /// The environment for the scripts of `Benchmarks/NAME`, made if it is not there.
    init(for name: String) throws {
        source = Repository.path("Benchmarks/\(name)")
        folder = Repository.path("Benchmarks/.build/python/\(name)")
        let wanted = try String(contentsOfFile: "\(source)/requirements.txt", encoding: .utf8)
        let marker = "\(folder)/installed.txt"
        if (try? String(contentsOfFile: marker, encoding: .utf8)) == wanted { return }
        print("installing into \(folder): \(wanted.split(separator: "\n").joined(separator: " "))")
        try Command(["python3", "-m", "venv", folder]).output()
        try Command(
            ["\(folder)/bin/pip", "install", "--quiet", "-r", "\(source)/requirements.txt"]
        ).output()
        try wanted.write(toFile: marker, atomically: true, encoding: .utf8)
    }

    /// A script of the folder with arguments.
    func command(_ script: String, _ arguments: [String]) -> Command {
        Command(["\(folder)/bin/python", "\(source)/\(script)"] + arguments)
    }
}
