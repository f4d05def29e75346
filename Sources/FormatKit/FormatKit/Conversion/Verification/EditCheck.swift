/// Compares an output that is an edited stream with what it was made of.
///
/// A picture that stays as it is has to have all of its pixels. Of one that was turned they are as
/// near as a lossy format comes, for decoding rounds rows and columns differently; what it is coded of
/// is compared beside, exactly.
struct EditCheck {
    let plugin: any StreamPlugin
    let edit: StreamEdit
    /// The comparison of pixels and metadata.
    let check: OutputCheck

    /// Compares pixels, metadata and, of a turned picture, what it is coded of.
    ///
    /// - Parameters:
    ///   - sink: The output.
    ///   - pages: The input.
    ///   - reopened: The input, opened once more.
    /// - Throws: ``ImageError/verificationFailed(_:_:)``, or an error of the system.
    func run(
        on sink: any ImageSink, against pages: SelectedPages, reopened: SelectedPages
    ) throws(ImageError) {
        try check.run(on: sink, against: pages)
        guard edit.isTurning else { return }
        let format = plugin.descriptor.id
        let context = OutputCheck.quiet(check.converter.context)
        let memory = context.memory.makeShare()
        let stream = try OutputCheck.blaming(format, OutputCheck.input) {
            () throws(ImageError) in
            guard let reader = try reopened.open(reopened.indices[0]) as? any StreamReader
            else {
                throw .verificationFailed(format, "the input has no stream any more")
            }
            return try reader.readStream(reserving: memory)
        }
        try memory.reserve(sink.byteCount)
        let edited = try WrittenSource(sink).bytes(at: 0, count: sink.byteCount)
        let difference = try OutputCheck.blaming(format, OutputCheck.output) {
            () throws(ImageError) in
            try plugin.difference(of: edited, from: stream, after: edit, context: context)
        }
        if let difference { throw .verificationFailed(format, difference) }
    }
}
