/// A codec of others that runs as a program, with a quality to choose.
struct Peer {
    let name: String
    /// The program and the library in it, with versions.
    let library: String
    let fileExtension: String
    /// The format that the encoder reads: `png` or `ppm`.
    var input = "ppm"
    /// The format that the decoder writes.
    var output = "png"
    /// From the smallest file to the largest.
    let qualities: ClosedRange<Int>
    /// Those that all images are encoded at for the curve of constant quality.
    var constantQualities: [Int] = []
    let encode: (_ input: String, _ output: String, _ quality: Int) -> Command
    let decode: (_ input: String, _ output: String) -> Command

    /// The names of all peers, in the order of tables.
    static let names = [
        "JPEG (Pillow)", "JPEG (progressive)", "JPEG (arithmetic)", "WebP", "JPEG 2000", "JPEG XL",
        "AVIF",
    ]

    /// The peers that are installed; says which are not.
    static func installed() throws -> [Peer] {
        try jpegs() + [try webP(), try jpeg2000(), try jpegXL(), try avif()].compactMap { $0 }
    }

    /// Whether the programs of a codec are all there; says so if not.
    static func haveAll(_ programs: [String], for name: String) -> Bool {
        let missing = programs.filter { !Command.isInstalled($0) }
        guard let first = missing.first else { return true }
        print("SKIPPED: \(name), as \(first) is not installed")
        return false
    }
}
