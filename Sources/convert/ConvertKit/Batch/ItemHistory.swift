internal import FormatFiles
internal import FormatKit

/// What the record says of an item's output, beside what is there.
///
/// An output counts as done only if its key fits, which is a digest of the input's bytes and of
/// everything else that the output depends on, and a file of the recorded size is there.
struct ItemHistory {
    let item: Item
    let run: RunOptions
    let identity: String

    private var completion: RecordEntry.Completion? { item.entry?.completion }

    /// Whether whatever has the output's name may be replaced.
    ///
    /// What a run of ours began or made may be; not what somebody has put in its place.
    func isReplacing() throws(ImageError) -> Bool {
        if run.isReplacing || run.isForced { return true }
        guard let entry = item.entry else { return false }
        guard let completion = entry.completion else { return true }
        return try outputSize() == completion.byteCount
    }

    /// Whether there is nothing to do.
    func isDone(inputDigest: String) throws(ImageError) -> Bool {
        guard let completion, !run.isForced, completion.key == key(inputDigest),
            try outputSize() == completion.byteCount
        else { return false }
        guard run.isVerifying else { return true }
        return try outputDigest() == completion.outputDigest
    }

    /// What to record of an output that was just made.
    func entry(inputDigest: String) throws(ImageError) -> RecordEntry {
        RecordEntry(
            completion: RecordEntry.Completion(
                key: key(inputDigest), inputDigest: inputDigest,
                outputDigest: try outputDigest(), byteCount: try outputSize() ?? 0))
    }

    private func key(_ inputDigest: String) -> String {
        var digest = SHA256()
        digest.update(identity + inputDigest)
        return digest.hexadecimal
    }

    private func outputSize() throws(ImageError) -> Int? {
        guard case .file(let path) = item.job.output, let status = try FileStatus.ofFile(at: path),
            status.kind == .regular
        else { return nil }
        return status.byteCount
    }

    private func outputDigest() throws(ImageError) -> String {
        guard case .file(let path) = item.job.output else { return "" }
        return try SHA256.digest(of: FileSource(path: path))
    }
}

extension ConversionOptions {
    /// Stands for everything but the input that an output depends on: all properties of these
    /// options, the format, the versions of this program and of the codecs.
    func identity(format: OutputFormat, registry: FormatRegistry) -> String {
        let parts = [
            Version.text, Fingerprint.text(self), format.plugin.descriptor.id.rawValue,
            format.fileExtension,
        ]
        let libraries =
            registry.descriptors.map { "\($0.id) \($0.library)" } + [colorEngine?.library ?? ""]
        var digest = SHA256()
        // Lengths, so that no two lists of parts give one text.
        for part in parts + libraries { digest.update("\(part.utf8.count):\(part)") }
        return digest.hexadecimal
    }
}
