/// Resource limits that are checked from the header, before the first allocation.
///
/// ```swift
/// let registry = try BuiltInFormats.makeRegistry()
/// let context = CodecContext(limits: Limits(pixelCount: 1_000_000))
/// do throws(ImageError) {
///     let source = try FileSource(path: photograph)
///     let (_, reader) = try registry.makeReader(source: source, context: context)
///     print(reader.header.size)
/// } catch {
///     switch error {
///     case .limitExceeded(let name, let requested, let allowed):
///         print("\(requested) \(name), of which \(allowed) are allowed")
///     default: throw error
///     }
/// }
/// ```
public struct Limits: Sendable, Hashable {
    /// The largest accepted number of pixels of one image.
    public var pixelCount: Int
    /// The most memory that one conversion may hold, in bytes.
    public var memoryByteCount: Int
    /// The largest accepted metadata block, in bytes.
    public var metadataByteCount: Int
    /// The largest accepted number of pages or frames.
    public var frameCount: Int

    /// 2^28 pixels, 4 GiB of memory, 64 MiB a metadata block, 65 536 frames.
    public static let `default` = Limits()

    /// Creates limits; what is left out has its default.
    public init(
        pixelCount: Int = 1 << 28, memoryByteCount: Int = 4 << 30,
        metadataByteCount: Int = 64 << 20, frameCount: Int = 65_536
    ) {
        self.pixelCount = pixelCount
        self.memoryByteCount = memoryByteCount
        self.metadataByteCount = metadataByteCount
        self.frameCount = frameCount
    }

    /// The name of a limit; codecs may have some of their own.
    public struct Name: Sendable, Hashable {
        /// One word.
        public let rawValue: String
        /// What is counted, such as `bytes of memory`.
        let unit: String

        /// Creates the name of a codec's own limit.
        public init(_ rawValue: String, counting unit: String) {
            self.rawValue = rawValue
            self.unit = unit
        }

        /// ``Limits/pixelCount``.
        public static let pixels = Name("pixels", counting: "pixels")
        /// ``Limits/memoryByteCount``.
        public static let memory = Name("memory", counting: "bytes of memory")
        /// ``Limits/metadataByteCount``.
        public static let metadata = Name("metadata", counting: "bytes of metadata")
        /// ``Limits/frameCount``.
        public static let frames = Name("frames", counting: "frames")
    }

    /// Accepts an image of `size`, or throws.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    public func check(_ size: ImageSize) throws(ImageError) {
        try check(.pixels, size.pixelCount, allowed: pixelCount)
    }

    /// Accepts an allocation of `byteCount` bytes that grows with the image, or throws.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``, or
    ///   ``ImageError/outOfMemory`` if the system does not have them.
    public func checkMemory(_ byteCount: Int) throws(ImageError) {
        try check(.memory, byteCount, allowed: memoryByteCount)
        try AvailableMemory.check(byteCount)
    }

    /// Accepts allocations of so many bytes for each pixel of an image, and of `besides` more, or
    /// throws.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    public func checkMemory(
        _ size: ImageSize, bytesPerPixel: Int, besides byteCount: Int = 0
    ) throws(ImageError) {
        try checkMemory(size.byteCount(perPixel: bytesPerPixel, besides: byteCount))
    }

    /// Accepts a metadata block of `byteCount` bytes, or throws.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    public func checkMetadata(_ byteCount: Int) throws(ImageError) {
        try check(.metadata, byteCount, allowed: metadataByteCount)
    }

    /// Accepts a file of `count` frames, or throws.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    public func checkFrames(_ count: Int) throws(ImageError) {
        try check(.frames, count, allowed: frameCount)
    }

    private func check(_ name: Name, _ requested: Int, allowed: Int) throws(ImageError) {
        guard requested <= allowed else {
            throw .limitExceeded(name, requested: requested, allowed: allowed)
        }
    }
}
