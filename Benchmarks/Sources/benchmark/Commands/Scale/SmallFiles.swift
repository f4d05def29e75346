internal import Foundation

/// Small pictures, all different, a thousand in a folder.
struct SmallFiles {
    let count: Int

    private static let side = 32

    /// The path of a file below the folder of all, without its extension.
    static func name(_ index: Int) -> String {
        String(format: "%05d/%08d", index / 1000, index)
    }

    /// Writes them as PGM.
    func write(into folder: String) throws {
        let manager = FileManager.default
        for index in 0..<count {
            let path = "\(folder)/\(Self.name(index)).pgm"
            if index % 1000 == 0 {
                try manager.createDirectory(
                    at: URL(filePath: path).deletingLastPathComponent(),
                    withIntermediateDirectories: true)
            }
            try Data(Self.picture(index)).write(to: URL(filePath: path))
        }
    }

    /// A slope and, in the first pixels, the number.
    static func picture(_ index: Int) -> [UInt8] {
        var pixels = (0..<side * side).map { UInt8(truncatingIfNeeded: $0 / side * 3 + $0 * 5) }
        for byte in 0..<4 { pixels[byte] = UInt8(truncatingIfNeeded: index >> (8 * byte)) }
        return Array("P5 \(side) \(side) 255\n".utf8) + pixels
    }

    /// The number of files below a folder with an extension.
    static func count(in folder: String, extension name: String) -> Int {
        let files = FileManager.default.enumerator(atPath: folder)
        var count = 0
        while let file = files?.nextObject() as? String {
            if file.hasSuffix("." + name) { count += 1 }
        }
        return count
    }
}
