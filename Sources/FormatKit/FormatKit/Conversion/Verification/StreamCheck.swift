/// Gets the coded stream out of an output again, and compares it with that of the input to the byte.
struct StreamCheck {
    let converter: Converter
    let format: FormatDescriptor
    let stream: CodedStream

    /// Compares the streams.
    ///
    /// - Throws: ``ImageError/verificationFailed(_:_:)``, or an error of the system.
    func run(on sink: any ImageSink, against pages: SelectedPages) throws(ImageError) {
        let memory = converter.context.memory.makeShare()
        let expected = try OutputCheck.blaming(format.id, OutputCheck.input) {
            () throws(ImageError) in try bytes(of: try pages.open(pages.indices[0]), memory)
        }
        let found = try OutputCheck.blaming(format.id, OutputCheck.output) {
            () throws(ImageError) in
            let (found, reader) = try converter.registry.makeReader(
                source: WrittenSource(sink), context: OutputCheck.quiet(converter.context))
            guard found.id == format.id else { throw failure("it is taken for \(found.id)") }
            return try bytes(of: reader, memory)
        }
        guard expected != found else { return }
        let place = zip(expected, found).enumerated().first { $0.element.0 != $0.element.1 }
        throw failure(
            "the \(stream.format) stream in it is another from byte "
                + "\(place?.offset ?? min(expected.count, found.count)) on")
    }

    private func bytes(
        of reader: any ImageReader, _ memory: MemoryShare
    ) throws(ImageError) -> [UInt8] {
        guard let reader = reader as? any StreamReader, reader.stream?.format == stream.format
        else {
            throw failure("there is no \(stream.format) stream")
        }
        return try reader.readStream(reserving: memory)
    }

    private func failure(_ reason: String) -> ImageError {
        .verificationFailed(format.id, reason)
    }
}
