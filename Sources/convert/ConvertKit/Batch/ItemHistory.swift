internal import FormatFiles
internal import FormatKit

/// What the record says of an item's outputs, beside what is there.
///
/// An output counts as done only if its key fits, which is a digest of the input's bytes and of
/// everything else that the output depends on, and a file of the recorded size is there.
struct ItemHistory {
    let item: Item
    let run: RunOptions
    let identity: String

    /// Which file with an output's name may be replaced.
    ///
    /// What a run of ours made may be; not what somebody has put in its place.
    func replacing(_ path: Path) throws(ImageError) -> FileSink.Replacing {
        if run.isReplacing || run.isForced { return .anything }
        guard let entry = item.entries[path], let status = try FileStatus.ofFile(at: path),
            status.kind == .regular
        else { return .nothing }
        return try isOurs(path, status, entry) ? .only(status) : .nothing
    }

    private func isOurs(
        _ path: Path, _ status: FileStatus, _ entry: RecordEntry
    ) throws(ImageError) -> Bool {
        let alike = entry.contents.filter { $0.byteCount == status.byteCount }
        if alike.isEmpty { return false }
        let digest = try SHA256.digest(of: FileSource(path: path))
        if alike.contains(where: { $0.digest == digest }) { return true }
        // Who asks for outputs to be looked into wants those made again that were damaged.
        return run.isVerifying && alike.contains { $0.inode == status.inode }
    }

    /// Whether there is nothing to do.
    func isDone(inputDigest: String) throws(ImageError) -> Bool {
        guard !run.isForced else { return false }
        let key = key(inputDigest)
        for path in item.job.outputPaths {
            // A small picture has fewer previews than were asked for; that of the output, which comes
            // last, says that no more were to be made.
            guard let entry = item.entries[path] else {
                if .file(path) == item.job.output { return false }
                continue
            }
            guard let completion = entry.completion, completion.key == key,
                let status = try FileStatus.ofFile(at: path), status.kind == .regular,
                status.byteCount == completion.content.byteCount
            else { return false }
            if run.isVerifying {
                let digest = try SHA256.digest(of: FileSource(path: path))
                guard digest == completion.content.digest else { return false }
            }
        }
        return true
    }

    /// What to record of outputs that were just made; `nil` if one is no file.
    func completion(
        inputDigest: String, _ contents: [OutputSet.Content]
    ) -> ItemCompletion? {
        guard contents.last.map({ .file($0.path) == item.job.output }) ?? false else { return nil }
        return ItemCompletion(
            key: key(inputDigest), inputDigest: inputDigest,
            outputs: contents.map(RecordedOutput.init))
    }

    private func key(_ inputDigest: String) -> String {
        var digest = SHA256()
        // The page that options say is in the identity; that of a list is not.
        digest.update(identity + inputDigest + (item.job.page.map { " page \($0)" } ?? ""))
        return digest.hexadecimal
    }
}

extension ConversionOptions {
    /// Stands for everything but the input that an output depends on: all of these options, the
    /// format, the versions of this program and of the codecs.
    func identity(format: OutputFormat, registry: FormatRegistry) -> String {
        let parts =
            [Version.text, format.plugin.descriptor.id.rawValue, format.fileExtension]
            + fingerprint
        let libraries =
            registry.plugins.map { "\($0.descriptor.id) \($0.library)" } + [
                colorEngine?.library ?? ""
            ]
        var digest = SHA256()
        // Lengths, so that no two lists of parts give one text.
        for part in parts + libraries { digest.update("\(part.utf8.count):\(part)") }
        return digest.hexadecimal
    }
}
