internal import CJPEGShim
package import FormatKit

extension JPEGPlugin {
    /// Writes the picture that the stream is behind other segments: scans pass as they are or, if it is
    /// turned, as the same coefficients in other places.
    ///
    /// What changes how scans are read stays: Adobe's segment, and none of JFIF where colors are RGB.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if there is no place for the resolution, if a person
    ///   knows of inks what the file does not say, or if libjpeg cannot write the coefficients.
    package func edit(
        _ stream: [UInt8], _ edit: StreamEdit, of header: ImageHeader, to sink: any ImageSink,
        context: CodecContext
    ) throws(ImageError) {
        let original = try JPEGPicture(of: stream)
        if header.layout.model == .cmyk, context.takesPlainCMYK, original.adobe == nil {
            throw .streamRefused(
                .jpeg, "without Adobe's segment nothing says that inks are stored as they are")
        }
        let segments = JPEGMetadataSegments(header.metadata)
        let start = try Self.start(of: stream, original, header, segments, edit, context)
        let memory = context.memory.makeShare()
        var (file, picture) = (stream, original)
        if edit.isTurning {
            file = try JPEGTurning.turned(
                stream, from: edit.turning, reserving: memory, context: context)
            picture = try JPEGPicture(of: file)
        }
        try sink.append(start)
        for segment in segments.segments {
            try sink.append(Self.segment(segment.marker, segment.content))
        }
        for part in picture.parts { try sink.append(file, part) }
        try sink.append([0xFF, JPEGMarker.endOfImage.rawValue])
        try tellRest(of: stream, original, context)
    }

    /// What a file begins with, up to its metadata.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if there is no place for the resolution, or an error of
    ///   the system if the picture is another than was planned.
    private static func start(
        of stream: [UInt8], _ picture: JPEGPicture, _ header: ImageHeader,
        _ segments: JPEGMetadataSegments, _ edit: StreamEdit, _ context: CodecContext
    ) throws(ImageError) -> [UInt8] {
        let decoder = try JPEGDecoder(
            input: CallbackSource(MemorySource(stream), context: context))
        let frame = try unsafe decoder.readHeader()
        let size = unsafe ImageSize(width: Int(frame.width), height: Int(frame.height))
        guard edit.turning.uprightSize(of: size) == header.size else {
            throw .io("read", code: 0, reason: "the file changed while it was converted")
        }
        var start = JPEGStructure.signature
        let space = unsafe String(cString: frame.color_space)
        switch space {
        case "RGB":
            // JFIF would make YCbCr of it.
            guard segments.density == nil || header.metadata.isResolutionInExif else {
                throw .streamRefused(
                    .jpeg, "a file whose colors are RGB has no place for the resolution")
            }
        case "gray", "YCbCr":
            start += segment(.application(0), JFIFDensity.content(of: segments.density))
        default:
            if let density = segments.density {
                start += segment(.application(0), JFIFDensity.content(of: density))
            }
        }
        return start + (picture.adobe.map { segment(.application(14), $0) } ?? [])
    }

    private static func segment(_ marker: JPEGMarker, _ content: [UInt8]) -> [UInt8] {
        [0xFF, marker.rawValue] + UInt16(content.count + 2).bigEndianBytes + content
    }

    /// Tells what stays behind, beside what the plan knows of.
    private func tellRest(
        of stream: [UInt8], _ picture: JPEGPicture, _ context: CodecContext
    ) throws(ImageError) {
        context.tellReducedCopies(picture.copyCount)
        JPEGPicture.lateLosses(picture.lateSegmentCount).forEach(context.lose)
        var warnings = WarningRelay(context)
        try Remainder(of: MemorySource(stream), from: picture.end)?.tell(&warnings)
        warnings.finish()
    }

    /// Compares all coefficients: both pictures, the edited one turned back, become one and the same
    /// file, which depends on nothing else.
    ///
    /// - Throws: ``ImageError`` if one of them cannot be read.
    package func difference(
        of edited: [UInt8], from stream: [UInt8], after edit: StreamEdit, context: CodecContext
    ) throws(ImageError) -> String? {
        let memory = context.memory.makeShare()
        let back = try JPEGTurning.turned(
            edited, from: edit.turning.inverse, reserving: memory, context: context)
        memory.giveBack()
        try memory.reserve(back.count)
        let plain = try JPEGTurning.turned(
            stream, from: .up, reserving: memory, context: context)
        return back == plain ? nil : "its coefficients are others"
    }
}

extension ImageMetadata {
    /// Whether the Exif block says the resolution, too.
    fileprivate var isResolutionInExif: Bool {
        guard let said = exif.flatMap(Resolution.init(exif:)), let resolution else { return false }
        return said.isClose(to: resolution)
    }
}

extension ImageSink {
    /// Writes a part of a file at the end, of which only a little is copied at a time.
    fileprivate func append(_ file: [UInt8], _ part: Range<Int>) throws(ImageError) {
        for start in stride(from: part.lowerBound, to: part.upperBound, by: 1 << 20) {
            try append(Array(file[start..<min(start + 1 << 20, part.upperBound)]))
        }
    }
}
