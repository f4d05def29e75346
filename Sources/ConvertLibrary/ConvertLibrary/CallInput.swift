internal import CImgconv
internal import FormatFiles
internal import FormatKit

/// What a call reads.
struct CallInput {
    /// The bytes.
    let source: any ImageSource
    /// The extension of the name, which decides between formats that look alike.
    let extensionHint: String?
    /// What it is called in reports.
    let name: String

    /// Takes the caller's structure.
    ///
    /// - Parameters:
    ///   - pointer: The structure.
    ///   - isKept: Whether it is read after the call, too: then memory is copied.
    ///   - settings: Limits, and whom to ask whether to go on.
    /// - Throws: ``CallError``.
    @unsafe init(
        _ pointer: UnsafePointer<imgconv_source>?, isKept: Bool, _ settings: CallSettings
    ) throws(CallError) {
        guard let pointer = unsafe pointer,
            unsafe Int(pointer.pointee.size) >= MemoryLayout<imgconv_source>.size
        else { throw .argument("no source, or its size") }
        let source = unsafe pointer.pointee
        let kinds = unsafe [source.path != nil, source.bytes != nil, source.pixels != nil]
        guard kinds.filter({ $0 }).count == 1 else {
            throw .argument("the source is a path, bytes or pixels")
        }
        let hint = unsafe source.extension.map { unsafe String(cString: $0) }
        if let path = unsafe source.path {
            self = try unsafe Self(path: Path(cString: path), settings)
        } else if let pixels = unsafe source.pixels {
            self.init(
                source: try unsafe PixelSource(
                    pixels.pointee, isCopied: isKept, limits: settings.limits),
                extensionHint: nil, name: "samples in memory")
        } else {
            self.init(
                source: try unsafe Self.memory(source, isKept, settings.limits),
                extensionHint: hint, name: "memory")
        }
        guard self.source.byteCount > 0 else {
            throw CallError(status: IMGCONV_UNRECOGNIZED, message: "the file is empty")
        }
    }

    /// Opens a file.
    ///
    /// - Throws: ``CallError``.
    init(path: Path, _ settings: CallSettings) throws(CallError) {
        let formats = try Conversions.registry()
        let source = try CallError.translating { () throws(ImageError) in
            try Files.source(
                at: path, limit: settings.limits.memoryByteCount, formats: formats,
                isCancelled: { settings.isCancelled })
        }
        self.init(
            source: source, extensionHint: path.fileExtension, name: path.description)
    }

    private init(source: any ImageSource, extensionHint: String?, name: String) {
        self.source = source
        self.extensionHint = extensionHint
        self.name = name
    }

    @unsafe private static func memory(
        _ source: imgconv_source, _ isKept: Bool, _ limits: Limits
    ) throws(CallError) -> any ImageSource {
        guard unsafe source.byte_count >= 0 else { throw .argument("the number of bytes") }
        let bytes = unsafe UnsafeRawBufferPointer(start: source.bytes, count: source.byte_count)
        guard isKept else { return unsafe BorrowedSource(bytes) }
        try CallError.translating { () throws(ImageError) in
            try limits.checkMemory(bytes.count)
        }
        return unsafe MemorySource(Array(bytes))
    }

    /// The formats of which it may be.
    ///
    /// - Throws: ``CallError``.
    func registry(_ builtIn: FormatRegistry) throws(CallError) -> FormatRegistry {
        guard source is PixelSource else { return builtIn }
        do throws(FormatRegistry.Conflict) {
            return try FormatRegistry(builtIn.plugins + [PixelFormat()])
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension Path {
    /// The path that a C string holds, in whatever encoding.
    @unsafe init(cString: UnsafePointer<CChar>) {
        var bytes: [UInt8] = []
        var next = unsafe cString
        while unsafe next.pointee != 0 {
            unsafe bytes.append(UInt8(bitPattern: next.pointee))
            unsafe next += 1
        }
        self.init(bytes: bytes)
    }
}
