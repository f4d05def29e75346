internal import FormatFiles

/// Jobs in their order.
///
/// Each takes the bytes of its names and some ten more: a run of a million holds them all.
package struct JobList: Sendable {
    /// Names, and what belongs to them, in pieces, so that growing copies nothing.
    private var pieces: [[UInt8]] = []
    /// Of each job, the number of the piece and where in it the job begins, 32 bits each.
    private var places: [UInt64] = []
    /// The number of pictures that each job writes, the smaller ones first.
    var previewCount = 1
    /// Inputs whose pages follow those of the job, where there is one job.
    var further: [Endpoint] = []

    private static let pieceByteCount = 1 << 18

    /// What a job has beside names.
    private struct Marks: OptionSet {
        let rawValue: UInt8
        static let inputIsFile = Marks(rawValue: 1)
        static let outputIsFile = Marks(rawValue: 2)
        static let hasPage = Marks(rawValue: 4)
        static let isFirstOfAll = Marks(rawValue: 8)
    }

    /// Adds a job; previews and further inputs are those of all.
    mutating func append(_ job: Job) {
        var marks: Marks = []
        var bytes: [UInt8] = []
        if let page = job.page {
            marks.insert(.hasPage)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: page >> (8 * $0)) }
        }
        if job.isFirstOfAll { marks.insert(.isFirstOfAll) }
        if case .file(let path) = job.input {
            marks.insert(.inputIsFile)
            bytes += path.bytes
        }
        // Names have no zeros.
        bytes.append(0)
        if case .file(let path) = job.output {
            marks.insert(.outputIsFile)
            bytes += path.bytes
        }
        bytes.append(0)
        if pieces.last.map({ $0.count + bytes.count >= Self.pieceByteCount }) ?? true {
            pieces.append([])
            pieces[pieces.count - 1].reserveCapacity(Self.pieceByteCount)
        }
        let piece = pieces.count - 1
        places.append(UInt64(piece) << 32 | UInt64(pieces[piece].count))
        pieces[piece].append(marks.rawValue)
        pieces[piece] += bytes
    }
}

extension JobList: RandomAccessCollection {
    /// The number of the first job.
    package var startIndex: Int { 0 }
    /// The number of jobs.
    package var endIndex: Int { places.count }

    /// A job by its number.
    package subscript(position: Int) -> Job {
        let place = places[position]
        let piece = pieces[Int(place >> 32)]
        var offset = Int(place & 0xFFFF_FFFF)
        let marks = Marks(rawValue: piece[offset])
        offset += 1
        var page: Int?
        if marks.contains(.hasPage) {
            page = (0..<8).reduce(0) { $0 | Int(piece[offset + $1]) << (8 * $1) }
            offset += 8
        }
        func endpoint(isFile: Bool) -> Endpoint {
            let end = piece[offset...].firstIndex(of: 0) ?? piece.endIndex
            defer { offset = end + 1 }
            return isFile ? .file(Path(bytes: piece[offset..<end])) : .standard
        }
        let input = endpoint(isFile: marks.contains(.inputIsFile))
        let output = endpoint(isFile: marks.contains(.outputIsFile))
        var job = Job(input: input, output: output, page: page)
        job.isFirstOfAll = marks.contains(.isFirstOfAll)
        job.further = further
        job.addPreviews(count: previewCount)
        return job
    }
}
