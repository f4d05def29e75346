internal import FormatKit

/// A format whose plugin was left out of this build.
///
/// Its files are recognized, so that people hear what is missing rather than that their file is no
/// image.
struct MissingFormat: FormatPlugin {
    let descriptor: FormatDescriptor
    let library: String

    init(
        _ id: String, name: String, fileExtensions: [String], mediaTypes: [String],
        signatures: [Signature], trait: String, library: String
    ) {
        descriptor = FormatDescriptor(
            id: FormatID(id), name: name, fileExtensions: fileExtensions, mediaTypes: mediaTypes,
            signatures: signatures, read: nil, write: nil)
        self.library = "not built in: built without \(library) (package trait \(trait))"
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(descriptor.id, library)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, library)
    }
}
