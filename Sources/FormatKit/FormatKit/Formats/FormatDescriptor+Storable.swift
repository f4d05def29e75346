extension FormatDescriptor {
    /// Accepts an image that the writer's capabilities cover, or throws; what a writer does first.
    ///
    /// - Throws: ``ImageError/unstorable(_:_:field:)`` with what the format lacks.
    package func checkStorable(_ header: ImageHeader) throws(ImageError) {
        guard let write else { throw .unstorable(id, "the format is only read") }
        let (size, range) = (header.size, 1...write.maximumDimension)
        guard range.contains(size.width), range.contains(size.height) else {
            throw .unstorable(id, "size \(size), expected 1 to \(range.upperBound) each")
        }
        guard write.layouts.contains(header.layout) else {
            throw .unstorable(id, "pixels are \(header.layout)")
        }
    }
}
