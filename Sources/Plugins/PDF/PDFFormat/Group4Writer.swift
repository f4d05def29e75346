internal import FormatKit

/// Writes a picture of black and white in Group 4.
final class Group4Writer: ImageWriter {
    private var encoder: Group4Encoder
    private let pass: ([UInt8]) throws(ImageError) -> Void

    private static let pieceByteCount = 1 << 16

    /// Starts a picture.
    ///
    /// - Parameters:
    ///   - width: The number of columns.
    ///   - pass: Takes what the picture becomes.
    init(width: Int, pass: @escaping ([UInt8]) throws(ImageError) -> Void) {
        encoder = Group4Encoder(width: width)
        self.pass = pass
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        let bytesPerRow = band.bytesPerRow
        for row in 0..<band.rowCount {
            unsafe band.withFilledBytes { bytes in
                unsafe encoder.encode(
                    UnsafeRawBufferPointer(
                        rebasing: bytes[row * bytesPerRow..<(row + 1) * bytesPerRow]))
            }
            if encoder.readyByteCount >= Self.pieceByteCount { try pass(encoder.takeBytes()) }
        }
    }

    func finish() throws(ImageError) {
        encoder.finish()
        try pass(encoder.takeBytes())
    }
}
