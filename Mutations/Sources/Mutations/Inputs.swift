import Foundation
import FuzzSupport

/// A file of a corpus.
struct Sample {
    /// The identity of its format.
    let format: String
    /// What it holds.
    let bytes: [UInt8]

    /// Reads the file that a line of the list names.
    init(line: String) throws {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw CocoaError(.fileReadUnknown) }
        format = String(parts[0])
        bytes = [UInt8](try Data(contentsOf: URL(filePath: String(parts[1]))))
    }

    init(format: String, bytes: [UInt8]) {
        (self.format, self.bytes) = (format, bytes)
    }
}

/// All inputs made of some files, numbered without end.
///
/// Even numbers are the prefixes of all files, in an order that goes to and fro among them, until
/// there are no more; the other numbers are mutations. A number always means the same input.
struct Inputs {
    private let files: [Sample]
    /// The lengths of the prefixes of each file.
    private let lengths: [[Int]]
    /// For each file, the number of its first prefix.
    private let starts: [Int]
    /// The number of prefixes.
    let prefixCount: Int

    init(of files: [Sample]) {
        precondition(!files.isEmpty, "no files")
        self.files = files
        lengths = files.map { Self.prefixLengths($0.bytes.count) }
        var (starts, count) = ([Int](), 0)
        for lengths in lengths {
            starts.append(count)
            count += lengths.count
        }
        self.starts = starts
        prefixCount = count
    }

    /// Whether a number means a prefix.
    func isPrefix(_ number: Int) -> Bool { number % 2 == 0 && number / 2 < prefixCount }

    /// A prime, so that every prefix has its turn; large, so that neighbors are of other files.
    private static let leap = 1_000_003

    subscript(number: Int) -> Sample {
        guard isPrefix(number) else { return mutation(number) }
        let place = number / 2 * Self.leap % prefixCount
        let index = (starts.firstIndex { $0 > place } ?? starts.count) - 1
        let file = files[index]
        return Sample(
            format: file.format,
            bytes: Array(file.bytes.prefix(lengths[index][place - starts[index]])))
    }

    /// Every length of a small file, its own included.
    ///
    /// Of a large one the first thousand, where its headers are, and as many spread over the rest.
    private static func prefixLengths(_ count: Int) -> [Int] {
        let step = max(1, (count - 1024) / 1024)
        return Array(0..<min(count, 1024)) + stride(from: 1024, to: count, by: step) + [count]
    }

    private func mutation(_ number: Int) -> Sample {
        let (round, index) = (number / 2).quotientAndRemainder(dividingBy: files.count)
        let file = files[index]
        var random = Random(seed: UInt64(number))
        // Parts of other files of the format fit best.
        let others = files.filter { $0.format == file.format }
        let other = others[random.below(others.count)].bytes
        var bytes = file.bytes
        for _ in 0...random.below(6) { bytes.mutate(with: other, &random) }
        // Half of them with sums that hold, or no more than a sum would ever be tested.
        if file.format == "png", round % 2 == 0 { bytes.repairPNG() }
        if file.format == "coin", round % 2 == 0 { mendCoinChecksums(&bytes) }
        return Sample(format: file.format, bytes: bytes)
    }
}
