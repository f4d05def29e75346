/// Compares a decoded picture with the one that was to be written, as rows of both come.
///
/// Where the writer keeps samples, all of them have to be equal; where it does not, the picture has
/// to be the same one: see ``SquareMeans``. Where the reader has converted colors, as it says, only
/// size and depth can be compared.
struct PictureComparison {
    private let treatment: WriteTreatment
    private let format: FormatID
    private let page: Int?
    private let toCommon: (expected: PixelConverter, found: PixelConverter)
    private let comparesSamples: Bool
    private let layout: PixelLayout
    private var means: SquareMeans?
    private var rowCount = 0

    /// Compares what is known before any pixel.
    ///
    /// - Throws: ``ImageError/verificationFailed(_:_:)``.
    init(
        expected: ImageHeader, found: ImageHeader, treatment: WriteTreatment, format: FormatID,
        page: Int?
    ) throws(ImageError) {
        self.treatment = treatment
        self.format = format
        self.page = page
        func fail(_ reason: String) -> ImageError { Self.failure(format, page, reason) }
        guard expected.size == found.size else {
            throw fail("its size is \(found.size), expected \(expected.size)")
        }
        let leastBits = min(treatment.bitsPerSample, expected.layout.sample.bitCount)
        guard found.layout.sample.bitCount >= leastBits,
            let common = expected.layout.union(found.layout),
            let fromExpected = PixelConverter(from: expected.layout, to: common),
            let fromFound = PixelConverter(from: found.layout, to: common)
        else { throw fail("its pixels are \(found.layout), expected \(expected.layout)") }
        toCommon = (fromExpected, fromFound)
        layout = common
        comparesSamples = !found.hasConvertedColors
        if !treatment.isExact { means = SquareMeans(width: expected.size.width, layout: common) }
    }

    /// Compares rows.
    ///
    /// - Throws: ``ImageError/verificationFailed(_:_:)``.
    mutating func add(_ expected: PixelBand, _ found: PixelBand) throws(ImageError) {
        guard comparesSamples else { return }
        var expected = toCommon.expected.convert(expected)
        let found = toCommon.found.convert(found)
        if treatment.hasBinaryAlpha, !treatment.isExact { expected.makeAlphaBinary() }
        if means != nil {
            try check(means?.add(expected, found))
        } else if expected.filledBytes != found.filledBytes {
            throw difference(expected, found)
        }
        rowCount += expected.rowCount
    }

    /// Compares what is left after the last row.
    ///
    /// - Throws: ``ImageError/verificationFailed(_:_:)``.
    mutating func finish() throws(ImageError) {
        try check(means?.finish())
    }

    private func check(_ strip: SquareMeans.Strip?) throws(ImageError) {
        guard let strip, strip.difference > strip.allowed else { return }
        func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
        throw Self.failure(
            format, page,
            "rows \(strip.rows.lowerBound) to \(strip.rows.upperBound - 1) are not those of the "
                + "picture: means of \(SquareMeans.side) x \(SquareMeans.side) pixels of "
                + "\(layout.channelNames[strip.channel]) differ by \(percent(strip.difference)) of the range, "
                + "allowed \(percent(strip.allowed))")
    }

    /// Names the first pixel that differs.
    private func difference(_ expected: PixelBand, _ found: PixelBand) -> ImageError {
        let (a, b) = (expected.filledBytes, found.filledBytes)
        let pixel = expected.layout.bytesPerPixel
        guard let byte = zip(a, b).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            return Self.failure(format, page, "it has another number of rows")
        }
        let start = byte / pixel * pixel
        let place = start / pixel
        let (x, y) = (place % expected.width, rowCount + place / expected.width)
        func bytes(_ band: PixelBand) -> String {
            band.bytes[start..<start + pixel].map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined(separator: " ")
        }
        return Self.failure(
            format, page,
            "the pixel at \(x),\(y) is \(bytes(found)), expected \(bytes(expected)) "
                + "(\(expected.layout), hexadecimal)")
    }

    private static func failure(_ format: FormatID, _ page: Int?, _ reason: String) -> ImageError {
        .verificationFailed(format, (page.map { "page \($0): " } ?? "") + reason)
    }
}

extension PixelBand {
    /// Makes pixels of 8 bits opaque or transparent, as a format does that knows nothing between.
    fileprivate mutating func makeAlphaBinary() {
        guard layout.sample == .uint8, layout.hasAlpha else { return }
        let count = layout.channelCount
        unsafe fill(rowCount: rowCount) { bytes in
            for place in stride(from: count - 1, to: bytes.count, by: count) {
                unsafe bytes[place] = bytes[place] < 128 ? 0 : 255
            }
        }
    }
}

extension PixelLayout {
    /// The smallest layout to which both can be converted exactly, or `nil` if there is none.
    fileprivate func union(_ other: PixelLayout) -> PixelLayout? {
        var union = self
        if model != other.model {
            guard model != .cmyk, other.model != .cmyk else { return nil }
            union.model = .rgb
        }
        if sample != other.sample {
            guard sample != .float32, other.sample != .float32 else { return nil }
            union.sample = .uint16
        }
        // A format may store color multiplied by alpha that comes without.
        if alpha != other.alpha { union.alpha = .straight }
        return union
    }
}

extension ImageHeader {
    /// Whether the reader has converted colors since it leaves the profile out, so that samples cannot
    /// be compared.
    var hasConvertedColors: Bool {
        losses.contains { if case .part(of: .icc, _) = $0 { true } else { false } }
    }
}
