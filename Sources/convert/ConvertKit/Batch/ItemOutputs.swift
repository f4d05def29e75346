internal import FormatFiles
internal import FormatKit

/// The outputs of one item: all of them appear, or none does.
final class ItemOutputs {
    private let job: Job
    private let set = OutputSet()
    /// What each may replace.
    private var replacing: [Path: FileSink.Replacing] = [:]
    /// The output that an error was about.
    private(set) var failedPath: Path?

    init(of job: Job) {
        self.job = job
    }

    /// Checks all outputs before any work, so that nobody waits for a conversion that cannot end
    /// well.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if one is there that may not be replaced.
    func check(_ history: ItemHistory, needsFolder: Bool) throws(ImageError) {
        for path in job.outputPaths {
            let allowed = try history.replacing(path)
            replacing[path] = allowed
            do throws(ImageError) {
                try Files.checkOutput(at: path, replacing: allowed, needsFolder: needsFolder)
            } catch {
                failedPath = path
                throw error
            }
        }
    }

    /// Starts an output.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    func sink(at output: Endpoint) throws(ImageError) -> any ImageSink {
        switch output {
        case .standard: set.standardOutput()
        case .file(let path):
            try blaming { () throws(ImageError) in
                try set.sink(at: path, replacing: replacing[path] ?? .nothing)
            }
        }
    }

    /// What the files will be, once all are written.
    func contents(_ context: CodecContext) throws(ImageError) -> [OutputSet.Content] {
        try set.contents(isCancelled: context.isCancelled)
    }

    /// Gives all outputs their names.
    ///
    /// - Throws: ``/FormatKit/ImageError``; then no name has changed.
    func commit() throws(ImageError) {
        try blaming { () throws(ImageError) in try set.commit() }
    }

    /// Forgets all bytes.
    func discard() { set.discard() }

    private func blaming<Result>(
        _ body: () throws(ImageError) -> Result
    ) throws(ImageError) -> Result {
        do throws(ImageError) {
            return try body()
        } catch {
            failedPath = set.failedPath
            throw error
        }
    }
}
